import OnnxRuntime
import Synchronization

/// Whether one row of the audio's keys and values can serve all beams of a decoder step.
///
/// Most exports broadcast that row in their attention, which saves a copy for each beam: 37 MB at whisper-base's size, and
/// 490 MB at the size of the large ones. Exports whose graphs fold rows and heads into one dimension can't, and worse: they may
/// cut the row into pieces without an error. So the first step is run both ways, and the results must be the same.
final class CrossRowSharing: Sendable {
    /// Relative to the largest logit. Rounding makes less of a difference, wrong attention far more.
    private static let tolerance: Float = 1e-3

    /// nil until it has been tried.
    private let works = Mutex<Bool?>(nil)

    /// - Parameters:
    ///   - shared: runs the step with one row for all beams.
    ///   - copied: runs it with a copy for each.
    /// - Throws: what `copied` throws, and what `shared` throws unless the engine merely can't run it.
    func step(shared: () throws -> DecoderStep, copied: () throws -> DecoderStep) throws -> DecoderStep {
        let verdict = works.withLock { $0 }
        if verdict == false { return try copied() }
        let attempt = try Self.attempt(shared)
        if verdict == true, let attempt { return attempt }
        let safe = try copied()
        let agreed = try attempt.flatMap { try Self.agree($0.logits, safe.logits) ? $0 : nil }
        works.withLock { $0 = agreed != nil }
        return agreed ?? safe
    }

    private static func attempt(_ shared: () throws -> DecoderStep) throws -> DecoderStep? {
        do {
            return try shared()
        } catch let error as OnnxRuntimeError where error.code != .cancelled {
            return nil
        }
    }

    private static func agree(_ one: Tensor, _ other: Tensor) throws -> Bool {
        guard one.shape == other.shape else { return false }
        let (one, other) = (try one.floats(), try other.floats())
        let largest = other.reduce(0) { max($0, abs($1)) }
        return zip(one, other).allSatisfy { abs($0 - $1) <= tolerance * largest }
    }
}
