import Audio
import BridgeSupport

/// The audio of an admitted request: once more than a minute of it is read, silence included, the request passes into the
/// lane for long work. What is read next waits for a place there. Where the length is known, nothing is read before.
actor AdmittedSource: PCMSource {
    /// Seconds of audio that may keep an ordinary place.
    private static let shortSeconds = 60

    nonisolated let sampleRate: Int
    private let source: any PCMSource
    private let place: AdmissionLimiter.Place
    private var samplesLeft: Int

    init(_ source: any PCMSource, place: AdmissionLimiter.Place) {
        self.source = source
        self.place = place
        sampleRate = source.sampleRate
        samplesLeft = Self.shortSeconds * source.sampleRate
    }

    /// Passes into the lane for long work where the audio is known to last longer than a minute.
    ///
    /// - Throws: what opening the audio throws, `CancellationError`.
    func passIfLong() async throws {
        if let duration = try await source.duration, duration > .seconds(Self.shortSeconds) {
            try await place.passIntoLongLane()
        }
    }

    var warnings: [String] { get async { await source.warnings } }

    func read(_ count: Int) async throws -> [Float] {
        let samples = try await source.read(count)
        if samplesLeft >= 0 {
            samplesLeft -= samples.count
            if samplesLeft < 0 { try await place.passIntoLongLane() }
        }
        return samples
    }
}
