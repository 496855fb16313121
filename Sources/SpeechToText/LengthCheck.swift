import Audio
import BridgeSupport
import WorkScheduling

/// Finds out how urgent the transcription of some audio is, by its length, before its request takes a place.
///
/// Compressed audio may have to be decoded for that. Few decoders run at a time, and those of large files apart from the others:
/// a voice command never waits until a pile of recordings has been looked at, nor is it refused because of them.
struct LengthCheck: Sendable {
    private let small: AdmissionLimiter
    private let large: AdmissionLimiter

    init(_ scheduler: WorkScheduler) {
        // The requests were counted when they came, so that none is refused here.
        let limiter = { scheduler.admission(what: "audio decoding", maxConcurrent: $0, maxQueued: .max) }
        (small, large) = (limiter(4), limiter(2))
    }

    struct Finding: Sendable {
        /// nil where nobody can tell.
        var urgency: Urgency?
        /// For a decoder.
        var waited = Duration.zero
    }

    /// What `audio` is taken for until it was looked at.
    func guess(_ audio: any PCMSource) -> Urgency {
        Urgency(compressedBytes: (audio as? DeferredSource)?.compressedBytes ?? 0)
    }

    /// - Throws: what opening and reading the audio throw, `CancellationError`.
    func look(at audio: any PCMSource) async throws -> Finding {
        guard let deferred = audio as? DeferredSource else {
            return Finding(urgency: try await audio.duration.map(Urgency.init(soundLasting:)))
        }
        let limit = Urgency.longestInteractiveSound
        guard deferred.compressedBytes != nil else {
            return Finding(urgency: try await deferred.exceeds(limit) ? .long : .interactive)
        }
        return try await (guess(audio) == .long ? large : small).withAdmission { waited in
            Finding(urgency: try await deferred.exceeds(limit) ? .long : .interactive, waited: waited)
        }
    }
}
