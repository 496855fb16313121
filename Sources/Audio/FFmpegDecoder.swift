import AsyncAlgorithms
import BridgeSupport
import Subprocess
import SystemPackage

/// Audio that an FFmpeg child process decodes and resamples, as fast as it is read. Its channels are mixed here, as those of
/// WAV files are.
///
/// The child waits while nobody reads (its pipe is full), is killed when the reader's value goes away, and is limited
/// in memory, processor time and idle time.
actor FFmpegDecoder: PCMSource {
    nonisolated let sampleRate: Int
    private let container: AudioContainer
    /// Known once the head of what FFmpeg writes is read.
    private var layout: PCMLayout?
    private var mixer = ChannelMixer(channels: 1)
    private let limits: AudioLimits
    private let channel: AsyncThrowingChannel<[UInt8], any Error>
    private let child: Task<Void, Never>
    /// Decoded bytes that were not handed out, from `position` on.
    private var pending: [UInt8] = []
    private var position = 0
    private var isFinished = false

    /// More than the header that FFmpeg writes before the samples.
    private static let headBytes = 512

    /// - Parameters:
    ///   - input: an open file that FFmpeg may seek in; `owner` keeps it open.
    ///   - sampleRate: hertz of the decoded samples.
    /// - Throws: `unsupported_media_type` when FFmpeg is not installed.
    init(
        _ input: FileDescriptor, owner: any Sendable, start: AudioStart, sampleRate: Int, limits: AudioLimits,
        ffmpeg: FFmpeg
    ) throws {
        guard let path = ffmpeg.path() else {
            throw ServiceError(
                .unsupportedMediaType,
                "\(start.container.rawValue) audio needs FFmpeg, which was not found: \(FFmpeg.howToInstall), or send WAV or "
                    + "raw PCM.")
        }
        container = start.container
        self.sampleRate = sampleRate
        self.limits = limits
        let channel = AsyncThrowingChannel<[UInt8], any Error>()
        self.channel = channel
        let configuration = ffmpeg.configuration(
            path, Self.arguments(start, sampleRate: sampleRate), limits: limits)
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

    var warnings: [String] { mixer.warnings }

    func read(_ count: Int) async throws -> [Float] {
        let layout = try await header()
        let size = layout.frameBytes
        try await fill(size)
        let end = position + min(max(0, count), (pending.count - position) / size) * size
        let block = Array(pending[position..<end])
        position = end
        return mixer.mix(
            try layout.samples(block) { reason in
                ServiceError(.undecodableAudio, "The \(container.rawValue) audio \(reason) once decoded.")
            })
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

    /// Takes the header off what FFmpeg writes, which says how many channels there are and what they are for.
    private func header() async throws -> PCMLayout {
        if let layout { return layout }
        try await fill(Self.headBytes)
        let header: WAVHeader
        do {
            header = try WAVHeader(MemoryBytes(bytes: pending))
        } catch {
            throw FFmpegFailure(.refused, status: "no header", complaint: "\(error)").decoding(container, limits)
        }
        let made = PCMLayout(sampleType: .float32, channels: header.channels)
        mixer = ChannelMixer(channels: header.channels, speakers: header.speakers)
        position = header.data.lowerBound
        layout = made
        return made
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

    private static func arguments(_ start: AudioStart, sampleRate: Int) -> [String] {
        // "file:/dev/stdin" and not "pipe:0": the first can seek. No other protocol is open to the input.
        (start.offset > 0 ? ["-skip_initial_bytes", String(start.offset)] : []) + [
            "-threads", "1", "-protocol_whitelist", "file", "-f", start.container.demuxer, "-i", "file:/dev/stdin",
            "-map", "0:a:0", "-map_metadata", "-1", "-ar", String(sampleRate), "-threads", "1", "-c:a", "pcm_f32le",
            "-f", "wav", "pipe:1",
        ]
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
