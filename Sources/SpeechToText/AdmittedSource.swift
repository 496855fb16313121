import Audio
import BridgeSupport

/// The audio of an admitted request whose length nobody could tell: once more than ``LengthCheck/longest`` of it is read,
/// silence included, the request passes into the lane for long work. What is read next waits for a place there.
actor AdmittedSource: PCMSource {
    nonisolated let sampleRate: Int
    private let source: any PCMSource
    private let place: AdmissionLimiter.Place
    private var samplesLeft: Int

    init(_ source: any PCMSource, place: AdmissionLimiter.Place) {
        self.source = source
        self.place = place
        sampleRate = source.sampleRate
        samplesLeft = Int(LengthCheck.longest.inSeconds) * source.sampleRate
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
