internal import CEspeakNG
import BridgeSupport
import Dispatch
import Foundation
import Synchronization

/// libespeak-ng: text to phonemes, and speech from its own synthesiser.
///
/// The library keeps one process-wide voice and one process-wide reader and is not thread-safe. So there is one
/// ``EspeakNG`` in a process and everything that touches the library runs, whole, on its serial queue: never on
/// Swift's cooperative threads, and never two calls at a time.
public final class EspeakNG: Sendable {
    /// The library's own version, such as "1.51".
    public let version: String
    /// Where the library reads its voices and dictionaries.
    public let dataDirectory: String
    /// Hertz, of ``speak(_:voice:rate:endPause:)``.
    public let sampleRate: Int

    private static let queue = DispatchQueue(label: "espeak-ng", qos: .userInitiated)
    private static let loaded = Mutex<EspeakNG?>(nil)

    private init(version: String, dataDirectory: String, sampleRate: Int) {
        self.version = version
        self.dataDirectory = dataDirectory
        self.sampleRate = sampleRate
    }

    /// The library of this process; initialised by the first call.
    ///
    /// - Parameter dataDirectory: A directory that is, or holds, `espeak-ng-data`; nil for the library's own choice
    ///   (`ESPEAK_DATA_PATH`, the home directory, then the place it was built for). Counts in the first call.
    /// - Throws: `model_not_installed` when the data is missing, saying what to install.
    public static func shared(dataDirectory: String? = nil) throws -> EspeakNG {
        if let dataDirectory { try requireData(in: dataDirectory) }
        return try loaded.withLock { loaded in
            if let loaded { return loaded }
            let made = try queue.sync { try initialize(dataDirectory) }
            loaded = made
            return made
        }
    }

    /// The library falls back to its built-in directory without a word when the one given does not exist.
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

    private static func initialize(_ dataDirectory: String?) throws -> EspeakNG {
        // Without the option bit the library ends the whole process when its data is missing.
        let rate = unsafe espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, dataDirectory, espeakINITIALIZE_DONT_EXIT)
        guard rate > 0 else {
            throw ServiceError(
                .modelNotInstalled,
                """
                espeak-ng has no usable voice data, so that no text can be turned into phonemes. Install the Debian \
                package espeak-ng-data, or set ESPEAK_DATA_PATH to the directory that holds espeak-ng-data.
                """)
        }
        var path: UnsafePointer<CChar>?
        let info = unsafe espeak_Info(&path)
        unsafe espeak_SetSynthCallback(collectSamples)
        return EspeakNG(
            version: unsafe info.map { unsafe String(cString: $0) }.map(Self.versionNumber) ?? "unknown",
            dataDirectory: unsafe path.map { unsafe String(cString: $0) } ?? "unknown", sampleRate: Int(rate))
    }

    /// "1.51" of "1.51", and of "1.51-dev  1-Apr-22".
    private static func versionNumber(_ text: String) -> String {
        text.split(separator: " ").first.map(String.init) ?? text
    }

    /// Whether a voice of this name can be chosen: a file name ("fr", "en-us") or a full name, not any language code.
    ///
    /// Blocks until the library is free: for the loading of a voice, not for requests.
    public func hasVoice(_ name: String) -> Bool {
        Self.queue.sync { Self.select(name) }
    }

    /// Runs `body` alone with the library, on its queue.
    func exclusively<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Makes `voice` the library's voice.
    ///
    /// - Throws: `model_not_installed` when this library has no such voice.
    static func requireVoice(_ voice: String) throws {
        guard select(voice) else {
            throw ServiceError(
                .modelNotInstalled,
                """
                espeak-ng has no voice named "\(voice)". `espeak-ng --voices` lists those that it has; Debian's package \
                espeak-ng-data brings all of them.
                """)
        }
    }

    private static func select(_ voice: String) -> Bool {
        // An empty name is no error to some versions, and would keep the voice of the call before.
        guard !voice.isEmpty, !voice.contains("\0") else { return false }
        return unsafe espeak_SetVoiceByName(voice) == EE_OK
    }

    /// Without what the library would not read as text: NUL ends a text, U+0001 begins one of its commands.
    static func readable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        var scalars = String.UnicodeScalarView()
        // U+0009 to U+000D are white space.
        scalars.append(contentsOf: text.unicodeScalars.filter { $0.value >= 0x20 || (9...13).contains($0.value) })
        return String(scalars)
    }
}
