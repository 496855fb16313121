import Audio
import BridgeSupport
import WorkScheduling

/// The audio of an admitted request. Once more of it has been read than interactive work may have, including silence, its ticket is demoted
/// to long work, if its length was not known before. The next read waits for a place there.
struct AdmittedSource<Source: PCMSource & ~Copyable>: PCMSource, ~Copyable {
    private var source: Source
    private let ticket: WorkTicket
    private var samplesLeft: Int

    init(_ source: consuming Source, ticket: WorkTicket) {
        samplesLeft = Int(Urgency.longestInteractiveSound.inSeconds) * source.sampleRate
        self.source = source
        self.ticket = ticket
    }

    var sampleRate: Int { source.sampleRate }
    var warnings: [String] { source.warnings }

    mutating func read(_ count: Int) async throws -> [Float] {
        let samples = try await Stage.audioDecode.measurePiece { try await source.read(count) }
        if samplesLeft >= 0 {
            samplesLeft -= samples.count
            if samplesLeft < 0 { try await ticket.demote() }
        }
        return samples
    }
}
