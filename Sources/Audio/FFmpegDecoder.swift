import BridgeSupport

/// Audio that an FFmpeg child process decodes. It is repaired and mixed here, as WAV files are.
actor FFmpegDecoder: PCMSource {
    nonisolated let sampleRate: Int
    private let stream: FFmpegStream
    private let layout: PCMLayout
    private var feed: MonoFeed
    private let oddities: [String]

    /// More than the header that FFmpeg writes before the samples.
    private static let headBytes = 512
    private static let blockBytes = 1 << 18

    /// Takes the header off what FFmpeg writes, which says how many channels there are and what they are for.
    ///
    /// - Parameter oddities: warnings about the audio.
    /// - Throws: what FFmpeg fails with.
    init(_ stream: FFmpegStream, oddities: [String] = []) async throws {
        let header: WAVHeader
        let head = try await stream.head(Self.headBytes)
        do {
            header = try WAVHeader(MemoryBytes(bytes: head))
        } catch {
            throw stream.refused(error)
        }
        await stream.skip(header.data.lowerBound)
        self.stream = stream
        self.oddities = oddities
        sampleRate = header.sampleRate
        layout = PCMLayout(sampleType: .float32, channels: header.channels)
        feed = MonoFeed(channels: header.channels, speakers: header.speakers, sampleRate: header.sampleRate)
    }

    var warnings: [String] { oddities + feed.warnings }

    func read(_ count: Int) async throws -> [Float] {
        while feed.isHungry {
            let block = try await stream.read(upTo: Self.blockBytes, inPiecesOf: layout.frameBytes)
            feed.put(
                try layout.samples(block) { reason in
                    ServiceError(
                        .undecodableAudio, "The \(stream.container.rawValue) audio \(reason) once decoded.")
                })
        }
        return feed.take(count)
    }
}
