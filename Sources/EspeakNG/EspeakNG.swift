import BridgeSupport
import EspeakProtocol
import Foundation
import Synchronization

/// espeak-ng: text to phonemes, and speech from its own synthesiser.
///
/// The library runs in separate processes, the program jarvis-espeak, so that a text that crashes it ends neither this process nor
/// another request. Two texts are processed at once, and a third process stands by, so that the request after such a text need not wait
/// for one to start. The processes see nothing of this one, have limits on memory and time, and end with it.
public final class EspeakNG: Sendable {
    /// The library's own version, such as "1.51".
    public let version: String
    /// Where the library reads its voices and dictionaries.
    public let dataDirectory: String
    /// Hertz, of ``speak(_:voice:rate:endPause:)``.
    public let sampleRate: Int

    let pool: EspeakPool
    private static let width = 2
    private static let shared = Mutex<EspeakNG?>(nil)

    /// Blocks until the first process is ready.
    init(_ program: WorkerProgram) throws {
        pool = EspeakPool(width: Self.width, clock: program.clock) { try program.start() }
        let hello = try pool.withWorkerBlocking { $0.hello }
        (version, dataDirectory, sampleRate) = (hello.version, hello.dataDirectory, hello.sampleRate)
    }

    /// The instance of this process; its workers start at the first call, which blocks for some 10 ms.
    ///
    /// - Parameter dataDirectory: A directory that is, or holds, `espeak-ng-data`; nil for the library's own choice
    ///   (`ESPEAK_DATA_PATH`, the home directory, then the place it was built for). Counts in the first call.
    /// - Throws: `model_not_installed` when the program or the data is missing, saying what to install.
    public static func shared(dataDirectory: String? = nil) throws -> EspeakNG {
        if let dataDirectory { try requireData(in: dataDirectory) }
        return try shared.withLock { shared in
            if let shared { return shared }
            let made = try EspeakNG(.besideThisProgram(dataDirectory: dataDirectory))
            shared = made
            return made
        }
    }

    /// The library silently falls back to its built-in directory when the given one does not exist.
    private static func requireData(in directory: String) throws {
        let files = FileManager.default
        guard
            files.fileExists(atPath: directory + "/phontab")
                || files.fileExists(atPath: directory + "/espeak-ng-data/phontab")
        else {
            throw ServiceError(
                .modelNotInstalled,
                "The espeak-ng data directory \(directory) holds no phontab. Name a directory that holds espeak-ng-data, or none."
            )
        }
    }

    /// Whether a voice of this name can be chosen: a file name ("fr", "en-us") or a full name, not any language code.
    ///
    /// Blocks until a process is free: for loading a voice, not for requests.
    ///
    /// - Throws: when the library can't be asked, which says nothing about its voices.
    public func hasVoice(_ name: String) throws -> Bool {
        var request = FrameWriter()
        request.frame(.hasVoice) { $0.string(name) }
        do {
            try Self.again {
                try pool.withWorkerBlocking { [request] in try $0.exchange(request, isCancelled: { false }) }
            }
            return true
        } catch let refusal as WorkerProcess.Refusal where refusal.failure == .noVoice {
            return false
        } catch let error where error is WorkerProcess.Refusal || error is WorkerProcess.Lost {
            throw ServiceError(
                .internal, "espeak-ng could not be asked for its voices just now. Try again.", cause: error)
        }
    }

    /// Asks a process, and translates the errors to ``ServiceError``.
    ///
    /// A process that was killed from outside, for instance when the system is short of memory, says nothing about the text: another is asked.
    ///
    /// - Parameter gather: makes the consumer of an answer's frames, from the first one on.
    func ask<Gathered: AnswerFrames>(_ request: FrameWriter, of voice: String, into gather: () -> Gathered) async throws
        -> Gathered
    {
        for _ in 1..<Self.tries {
            do {
                return try await askOnce(request, of: voice, into: gather())
            } catch let error as ServiceError where (error.cause as? WorkerProcess.Lost)?.isNobodysFault == true {}
        }
        return try await askOnce(request, of: voice, into: gather())
    }

    /// Whatever kills one process often kills all of them, including processes that are just starting.
    private static let tries = 6

    private static func again(_ work: () throws -> Void) throws {
        for _ in 1..<tries {
            do {
                return try work()
            } catch let lost as WorkerProcess.Lost where lost.isNobodysFault {}
        }
        try work()
    }

    private func askOnce<Gathered: AnswerFrames>(_ request: FrameWriter, of voice: String, into gathered: Gathered)
        async throws -> Gathered
    {
        let cancellation = Cancellation()
        do {
            try await withTaskCancellationHandler {
                try await pool.withWorker {
                    try $0.exchange(request, isCancelled: { cancellation.isCancelled }, take: gathered.take)
                }
            } onCancel: {
                cancellation.cancel()
            }
            return gathered
        } catch let error where cancellation.isCancelled {
            // The last words of a worker that was told to stop are not the text's fault.
            throw error is CancellationError ? error : CancellationError()
        } catch let refusal as WorkerProcess.Refusal where refusal.failure == .noVoice {
            throw ServiceError(
                .modelNotInstalled,
                """
                espeak-ng has no voice named "\(voice)". `espeak-ng --voices` lists those that it has; Debian's package \
                espeak-ng-data brings all of them.
                """)
        } catch let lost as WorkerProcess.Lost where lost.isNobodysFault {
            throw ServiceError(
                .internal, "The synthesiser's process was stopped or ended from outside while it spoke. Try again.",
                cause: lost)
        } catch let error where error is WorkerProcess.Refusal || error is WorkerProcess.Lost {
            throw ServiceError(
                .internal,
                "This text cannot be spoken: the synthesiser fails on something in it. Leave out what is unusual in it, or send it in parts.",
                cause: error)
        }
    }

    /// The text without characters that the library would not read as text: NUL ends a text, U+0001 begins one of its commands.
    static func readable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        var scalars = String.UnicodeScalarView()
        // U+0009 to U+000D are white space.
        scalars.append(contentsOf: text.unicodeScalars.filter { $0.value >= 0x20 || (9...13).contains($0.value) })
        return String(scalars)
    }
}

/// Assembles the frames of an answer as they arrive.
protocol AnswerFrames: Sendable {
    func take(_ frame: Frame) throws
}

/// Carries the cancellation of a task to a thread that blocks.
final class Cancellation: Sendable {
    private let flag = Atomic(false)
    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    func cancel() { flag.store(true, ordering: .relaxed) }
}
