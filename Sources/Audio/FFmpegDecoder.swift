import AsyncAlgorithms
import BridgeSupport
import Subprocess
import SystemPackage

/// An FFmpeg child process that turns compressed audio into a WAV stream of floats, at the audio's own rate, as fast as it is read.
///
/// The child waits while nobody reads (its pipe is full), is killed when the last reference to this goes away, and is limited
/// in memory, processor time and idle time. One reader at a time may ask for the next piece.
final class FFmpegDecoder: BytePieces {
    /// Compressed audio.
    enum Input {
        /// An open file that FFmpeg may seek in; `owner` keeps it open.
        case file(FileDescriptor, owner: any Sendable)
        /// Pieces, and bytes that precede them.
        case live(head: [UInt8], (any BytePieces)?)
    }

    let container: AudioContainer
    private let limits: AudioLimits
    /// How long the child may go without output. One that is fed live has to wait as long as its feeder.
    private let stall: Duration?
    private let clock: any Clock<Duration>
    private let channel: AsyncThrowingChannel<[UInt8], any Error>
    private let child: Task<Void, Never>

    /// - Throws: `unsupported_media_type` when FFmpeg is not installed.
    init(
        _ input: Input, start: AudioStart, limits: AudioLimits, ffmpeg: FFmpeg, clock: any Clock<Duration>
    ) throws {
        guard let path = ffmpeg.path() else {
            throw ServiceError(
                .unsupportedMediaType,
                "\(start.container.rawValue) audio needs FFmpeg, which was not found: \(FFmpeg.howToInstall), or send WAV or "
                    + "raw PCM.")
        }
        container = start.container
        self.limits = limits
        self.clock = clock
        stall = if case .file = input { limits.decoderStall } else { nil }
        let channel = AsyncThrowingChannel<[UInt8], any Error>()
        self.channel = channel
        let configuration = ffmpeg.configuration(path, Self.arguments(start), limits: limits)
        child = Task {
            do {
                try await Self.run(configuration, input, into: channel)
                channel.finish()
            } catch {
                channel.fail(error)
            }
        }
    }

    deinit {
        child.cancel()
    }

    func next() async throws -> [UInt8]? {
        do {
            let piece = try await nextPiece()
            // A cancelled reader sees the end of the channel, which is not the end of the audio.
            try Task.checkCancellation()
            return piece
        } catch let error as CancellationError {
            throw error
        } catch let failure as SenderFailure {
            throw failure.error
        } catch {
            child.cancel()
            throw FFmpegFailure(starting: error).decoding(container, limits)
        }
    }

    /// The meaning of a header that makes no sense.
    func refused(_ complaint: any Error) -> ServiceError {
        FFmpegFailure(.refused, status: "no header", complaint: "\(complaint)").decoding(container, limits)
    }

    private func nextPiece() async throws -> [UInt8]? {
        let (channel, clock) = (channel, clock)
        guard let stall else {
            var pieces = channel.makeAsyncIterator()
            return try await pieces.next()
        }
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                var pieces = channel.makeAsyncIterator()
                return try await pieces.next()
            }
            group.addTask {
                try await clock.sleep(for: stall)
                throw FFmpegFailure(.outOfTime, status: "no result for \(stall)", complaint: "stalled")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

// MARK: The child

/// An error of the code that sends the audio, to distinguish it from a failure of FFmpeg.
private struct SenderFailure: Error {
    var error: any Error
}

extension FFmpegDecoder {
    private typealias Running<Input: InputProtocol> = Execution<Input, SequenceOutput, SequenceOutput>

    private static func arguments(_ start: AudioStart) -> [String] {
        let input =
            (start.offset > 0 ? ["-skip_initial_bytes", String(start.offset)] : [])
            + (start.isOutgrown && start.container == .wav ? ["-ignore_length", "1"] : [])
        // FFmpeg's filter for other rates would smear clicks before they are seen; only the rates of DSD are beyond ours.
        let rate = start.container == .dsf ? ["-ar", "192000"] : []
        // "file:/dev/stdin" rather than "pipe:0": the former can seek if it is a file. No other protocol is open to the input.
        return input + [
            "-threads", "1", "-protocol_whitelist", "file", "-f", start.container.demuxer, "-i", "file:/dev/stdin",
            "-map", "0:a:0", "-map_metadata", "-1",
        ] + rate + ["-threads", "1", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
    }

    private static func run(
        _ configuration: Configuration, _ input: Input, into channel: AsyncThrowingChannel<[UInt8], any Error>
    ) async throws {
        switch input {
        case .file(let file, let owner):
            try await run(
                configuration, input: FileDescriptorInput.fileDescriptor(file, closeAfterSpawningProcess: false),
                into: channel)
            withExtendedLifetime(owner) {}
        case .live(let head, let pieces):
            ignoreBrokenPipes
            try await run(configuration, input: CustomWriteInput.inputWriter, into: channel) { execution in
                try await feed(head, then: pieces, to: execution.standardInputWriter)
            }
        }
    }

    /// - Parameter feed: ends when everything has been fed, or when it is cancelled because the child needs no more.
    private static func run<Input: InputProtocol>(
        _ configuration: Configuration, input: Input, into channel: AsyncThrowingChannel<[UInt8], any Error>,
        feed: @escaping @Sendable (Running<Input>) async throws -> Void = { _ in }
    ) async throws {
        let result = try await Subprocess.run(configuration, input: input, output: .sequence, error: .sequence) {
            execution in
            async let complaint = firstBytes(of: execution.standardError)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await feed(execution) }
                for try await buffer in execution.standardOutput {
                    await channel.send(unsafe buffer.withUnsafeBytes { unsafe [UInt8]($0) })
                    try Task.checkCancellation()
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            return await complaint
        }
        guard result.terminationStatus.isSuccess else {
            throw FFmpegFailure(result.terminationStatus, complaint: result.closureResult)
        }
    }

    /// Writes everything, then the end. A program that has ended takes no more, and its status tells why.
    private static func feed(
        _ head: [UInt8], then pieces: (any BytePieces)?, to input: StandardInputWriter
    ) async throws {
        var next: [UInt8]? = head
        while let piece = next {
            if !piece.isEmpty, (try? await input.write(piece)) == nil { return }
            do {
                next = try await pieces?.next()
            } catch {
                try? await input.finish()
                if Task.isCancelled { return }
                throw SenderFailure(error: error)
            }
        }
        try await input.finish()
    }

    /// Reads everything, so that the child never has to wait, and keeps the beginning.
    private static func firstBytes(of messages: SubprocessOutputSequence) async -> String {
        var kept: [UInt8] = []
        do {
            for try await buffer in messages where kept.count < 2000 {
                kept += unsafe buffer.withUnsafeBytes { unsafe [UInt8]($0.prefix(2000 - kept.count)) }
            }
        } catch {
            return "messages unreadable: \(error)"
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
