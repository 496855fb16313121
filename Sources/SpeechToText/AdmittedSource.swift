import Audio
import BridgeSupport
import WorkScheduling

/// The audio of an admitted request whose length nobody could tell: once more of it is read than interactive
/// work may have, silence included, its ticket is demoted to long work. What is read next waits for a place there.
actor AdmittedSource: PCMSource {
    nonisolated let sampleRate: Int
    private let source: any PCMSource
    private let ticket: WorkTicket
    private var samplesLeft: Int

    init(_ source: any PCMSource, ticket: WorkTicket) {
        self.source = source
        self.ticket = ticket
        sampleRate = source.sampleRate
        samplesLeft = Int(Urgency.longestInteractiveSound.inSeconds) * source.sampleRate
    }

    var warnings: [String] { get async { await source.warnings } }

    func read(_ count: Int) async throws -> [Float] {
        let samples = try await source.read(count)
        if samplesLeft >= 0 {
            samplesLeft -= samples.count
            if samplesLeft < 0 { try await ticket.demote() }
        }
        return samples
    }
}
