import OnnxRuntime
import Testing

@testable import SpeechToText

/// Beams share one row of the audio's keys and values, where the export can.
@Suite(.timeLimit(.minutes(5))) struct CrossRowSharingTests {
    private func step(_ logits: [Float]) throws -> DecoderStep {
        _ = try WhisperFixtures.runtime()
        return DecoderStep(
            logits: try Tensor(logits, shape: [2, 1, logits.count / 2]),
            cache: DecoderCache(cross: [:], past: [:], length: 1))
    }

    /// Steps twice, and says which ways were gone.
    private func ways(_ sharing: CrossRowSharing, shared: () throws -> DecoderStep, copied: [Float]) throws -> [String]
    {
        var ways: [String] = []
        for _ in 0..<2 {
            _ = try sharing.step {
                ways.append("shared")
                return try shared()
            } copied: {
                ways.append("copied")
                return try step(copied)
            }
        }
        return ways
    }

    @Test func sharesOnceBothWaysCameOutTheSame() throws {
        let ways = try ways(CrossRowSharing(), shared: { try step([1, 2, 3, 4.001]) }, copied: [1, 2, 3, 4])
        #expect(ways == ["shared", "copied", "shared"])
    }

    @Test func neverSharesWhenTheOutcomeDiffers() throws {
        let sharing = CrossRowSharing()
        let ways = try ways(sharing, shared: { try step([1, 2, 3, 4.1]) }, copied: [1, 2, 3, 4])
        #expect(ways == ["shared", "copied", "copied"])
        let answer = try sharing.step(shared: { try step([0, 0]) }, copied: { try step([5, 6]) })
        #expect(try answer.logits.floats() == [5, 6])
    }

    @Test func neverSharesWhenTheEngineRefuses() throws {
        let refusal = OnnxRuntimeError(operation: "run", code: .invalidArgument, message: "shapes")
        #expect(
            try ways(CrossRowSharing(), shared: { throw refusal }, copied: [1, 2]) == ["shared", "copied", "copied"])
    }

    @Test func cancellingIsNoRefusal() throws {
        let cancelled = OnnxRuntimeError(operation: "run", code: .cancelled, message: "cancelled")
        #expect(throws: OnnxRuntimeError.self) {
            _ = try ways(CrossRowSharing(), shared: { throw cancelled }, copied: [1, 2])
        }
    }

    @Test(arguments: WhisperParityTests.models)
    func beamsKeepOneRow(_ model: WhisperParityTests.Model) throws {
        let decoder = try WhisperFixtures.backend(
            model.name, options: WhisperOptions(precisions: [model.precision])
        ).decoder
        let samples = try ClipRecipe.render(try #require(try ClipRecipe.clips()["chord-low"]))
        let audio = try decoder.encode(Array(samples.prefix(480_000)), permit: nil)
        let (first, _) = try decoder.network.prefill(
            [decoder.special.startOfTranscript], start: 0, audio: audio, permit: nil)
        let beams = try decoder.network.step(
            [1, 2, 3], cache: try decoder.network.gathering([0, 0, 0], of: first.cache), permit: nil)
        #expect(beams.cache.crossRows == 1)
        #expect(beams.logits.shape[0] == 3)
    }
}
