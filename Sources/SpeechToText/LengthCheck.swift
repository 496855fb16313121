import Audio
import BridgeSupport
import WorkScheduling

/// Finds out, by the length of some audio, how urgent its transcription is, before its request takes a place.
///
/// Compressed audio may have to be decoded for that. Few decoders run at a time, and the ones for large files separately from the others:
/// a voice command never waits until a pile of recordings has been examined, nor is it refused because of them.
struct LengthCheck: Sendable {
    private let small: AdmissionLimiter
    private let large: AdmissionLimiter

    init(_ scheduler: WorkScheduler) {
        // The requests were counted when they came, so that none is refused here.
        let limiter = { scheduler.admission(what: "audio decoding", maxConcurrent: $0, maxQueued: .max) }
        (small, large) = (limiter(4), limiter(2))
    }

    struct Finding: ~Copyable, Sendable {
        /// nil if it cannot be determined.
        var urgency: Urgency?
        /// The wait for a decoder.
        var waited = Duration.zero
        /// The audio, if it has been opened.
        var audio: AudioReader?
    }

    /// The assumed urgency of `audio` until it has been examined.
    func guess(_ audio: AudioInput) -> Urgency { Urgency(compressedBytes: audio.compressedBytes ?? 0) }

    /// - Throws: what opening and reading the audio throw, `CancellationError`.
    func look(at audio: AudioInput) async throws -> Finding {
        // Nothing of it is read before its turn has come.
        guard !audio.isLive else { return Finding() }
        guard let size = audio.compressedBytes else { return try await Self.look(at: audio, after: .zero) }
        let lane = Urgency(compressedBytes: size) == .long ? large : small
        return try await lane.withAdmission { try await Self.look(at: audio, after: $0) }
    }

    private static func look(at audio: AudioInput, after waited: Duration) async throws -> Finding {
        var length = try await Stage.audioDecode.measurePiece {
            try await audio.look(beyond: Urgency.longestInteractiveSound)
        }
        return Finding(
            urgency: length.isBeyond ? .long : .interactive, waited: waited, audio: length.reader.take())
    }
}
