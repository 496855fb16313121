import Audio
import BridgeSupport

/// Finds out whether audio is long before its request takes a place.
///
/// Compressed audio may have to be decoded for that. Few decoders run at a time, and those of large files apart from the others:
/// a voice command never waits until a pile of recordings has been looked at, nor is it refused because of them.
struct LengthCheck: Sendable {
    /// Audio that lasts longer is long work.
    static let longest = Duration.seconds(60)
    /// Compressed bytes of a few seconds of speech, whatever the format.
    private static let smallBytes = 256 << 10

    private let small = Self.limiter(decoders: 4)
    private let large = Self.limiter(decoders: 2)

    struct Finding: Sendable {
        /// nil where nobody can tell.
        var isLong: Bool?
        /// For a decoder.
        var waited: Duration
    }

    /// What `audio` is taken for until it was looked at.
    func guess(_ audio: any PCMSource) -> AdmissionLimiter.Lane {
        let bytes = (audio as? DeferredSource)?.compressedBytes ?? 0
        return bytes > Self.smallBytes ? .long : .ordinary
    }

    /// - Throws: what opening and reading the audio throw, `CancellationError`.
    func look(at audio: any PCMSource) async throws -> Finding {
        guard let deferred = audio as? DeferredSource else {
            return Finding(isLong: try await audio.duration.map { $0 > Self.longest }, waited: .zero)
        }
        guard let bytes = deferred.compressedBytes else {
            return Finding(isLong: try await deferred.exceeds(Self.longest), waited: .zero)
        }
        return try await (bytes > Self.smallBytes ? large : small).withAdmission { waited in
            Finding(isLong: try await deferred.exceeds(Self.longest), waited: waited)
        }
    }

    /// The requests were counted when they came, so that none is refused here.
    private static func limiter(decoders: Int) -> AdmissionLimiter {
        AdmissionLimiter(what: "audio decoding", maxConcurrent: decoders, maxQueued: .max)
    }
}
