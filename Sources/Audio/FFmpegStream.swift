import AsyncAlgorithms
import BridgeSupport
import Subprocess
import SystemPackage

/// What an FFmpeg child process writes: a WAV stream of floats at the audio's own rate, as fast as it is read.
///
/// The child waits while nobody reads (its pipe is full), is killed when the reader's value goes away, and is limited
/// in memory, processor time and idle time.
actor FFmpegStream {
    nonisolated let container: AudioContainer
    private let limits: AudioLimits
    private let channel: AsyncThrowingChannel<[UInt8], any Error>
    private let child: Task<Void, Never>
    /// Decoded bytes that were not handed out, from `position` on.
    private var pending: [UInt8] = []
    private var position = 0
    private var isFinished = false

    /// - Parameters:
    ///   - input: an open file that FFmpeg may seek in; `owner` keeps it open.
    /// - Throws: `unsupported_media_type` when FFmpeg is not installed.
    init(
        _ input: FileDescriptor, owner: any Sendable, start: AudioStart, limits: AudioLimits, ffmpeg: FFmpeg
    ) throws {
        guard let path = ffmpeg.path() else {
            throw ServiceError(
                .unsupportedMediaType,
                "\(start.container.rawValue) audio needs FFmpeg, which was not found: \(FFmpeg.howToInstall), or send WAV or "
                    + "raw PCM.")
        }
        container = start.container
        self.limits = limits
        let channel = AsyncThrowingChannel<[UInt8], any Error>()
        self.channel = channel
        let configuration = ffmpeg.configuration(path, Self.arguments(start), limits: limits)
        child = Task {
            do {
                try await Self.run(configuration, input: input, into: channel)
                channel.finish()
            } catch {
                channel.fail(error)
            }
            withExtendedLifetime(owner) {}
        }
    }

    deinit {
        child.cancel()
    }

    /// The next bytes, as many as are there, and no fewer than `count` but at the end. None are taken away.
    func head(_ count: Int) async throws -> [UInt8] {
        try await fill(count)
        return Array(pending[position...])
    }

    /// Takes bytes away that ``head(_:)`` showed.
    func skip(_ count: Int) { position += min(max(0, count), pending.count - position) }

    /// The next bytes, a whole number of pieces of `size`, at most `most`; none at the end.
    func read(upTo most: Int, inPiecesOf size: Int) async throws -> [UInt8] {
        try await fill(size)
        let end = position + min(most, pending.count - position) / size * size
        defer { position = end }
        return Array(pending[position..<end])
    }

    /// What a header that makes no sense means.
    nonisolated func refused(_ complaint: any Error) -> ServiceError {
        FFmpegFailure(.refused, status: "no header", complaint: "\(complaint)").decoding(container, limits)
    }

    /// Reads until `count` bytes are there, or all.
    private func fill(_ count: Int) async throws {
        while pending.count - position < count, !isFinished {
            guard let block = try await nextBlock() else {
                isFinished = true
                break
            }
            pending = Array(pending[position...]) + block
            position = 0
        }
    }

    private func nextBlock() async throws -> [UInt8]? {
        let (channel, stall) = (channel, limits.decoderStall)
        do {
            let block = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask {
                    var blocks = channel.makeAsyncIterator()
                    return try await blocks.next()
                }
                group.addTask {
                    try await Task.sleep(for: stall)
                    throw FFmpegFailure(.outOfTime, status: "no result for \(stall)", complaint: "stalled")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            // A cancelled reader sees the end of the channel; that is no end of the audio.
            try Task.checkCancellation()
            return block
        } catch let error as CancellationError {
            throw error
        } catch {
            child.cancel()
            isFinished = true
            throw FFmpegFailure(starting: error).decoding(container, limits)
        }
    }

    private static func arguments(_ start: AudioStart) -> [String] {
        let input =
            (start.offset > 0 ? ["-skip_initial_bytes", String(start.offset)] : [])
            + (start.isOutgrown && start.container == .wav ? ["-ignore_length", "1"] : [])
        // FFmpeg's filter for other rates would smear clicks before they are seen; only the rates of DSD are beyond ours.
        let rate = start.container == .dsf ? ["-ar", "192000"] : []
        // "file:/dev/stdin" and not "pipe:0": the first can seek. No other protocol is open to the input.
        return input + [
            "-threads", "1", "-protocol_whitelist", "file", "-f", start.container.demuxer, "-i", "file:/dev/stdin",
            "-map", "0:a:0", "-map_metadata", "-1",
        ] + rate + ["-threads", "1", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
    }

    private static func run(
        _ configuration: Configuration, input: FileDescriptor, into channel: AsyncThrowingChannel<[UInt8], any Error>
    ) async throws {
        let result = try await Subprocess.run(
            configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: false), output: .sequence,
            error: .sequence
        ) { execution in
            async let complaint = firstBytes(of: execution.standardError)
            for try await buffer in execution.standardOutput {
                await channel.send(unsafe buffer.withUnsafeBytes { unsafe [UInt8]($0) })
                try Task.checkCancellation()
            }
            return await complaint
        }
        guard result.terminationStatus.isSuccess else {
            throw FFmpegFailure(result.terminationStatus, complaint: result.closureResult)
        }
    }

    /// Reads all, so that the child never waits for its messages to be taken, and keeps the beginning.
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
