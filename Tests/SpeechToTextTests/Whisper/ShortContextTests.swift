import Testing

@testable import SpeechToText

@Suite(.timeLimit(.minutes(1))) struct ShortContextTests {
    /// A floor, then what the utterance fills and a margin, rounded up to 8.
    @Test(arguments: [(10, 384), (300, 384), (512, 384), (513, 392), (1000, 632)])
    func anUtteranceIsLookedAtWithAMargin(_ frames: Int, _ positions: Int) {
        #expect(ShortContext(frames: frames)?.positions == positions)
    }

    @Test func longerUtterancesNeedTheWholeWindow() {
        #expect(ShortContext(frames: 1001) == nil)
    }

    @Test func answersThatLookWrongAreDoubtful() throws {
        let context = try #require(ShortContext(frames: 200))
        #expect(context.maximumTokens == 32)
        #expect(!context.isDoubtful(result([1, 2, 3, 4, 5])))
        #expect(context.isDoubtful(result(Array(0..<32))))
        #expect(context.isDoubtful(result([1], compression: 2.5)))
        #expect(context.isDoubtful(result([1], logProbability: -1.1)))
        #expect(context.isDoubtful(result([9, 1, 2, 3, 4, 1, 2, 3, 4])))
        #expect(!context.isDoubtful(result([1, 2, 3, 4, 9, 1, 2, 3, 4])))
    }

    private func result(_ tokens: [Int], compression: Double = 1, logProbability: Double = -0.2) -> WindowResult {
        WindowResult(
            tokens: tokens, logProbabilities: [], averageLogProbability: logProbability, noSpeechProbability: 0,
            compressionRatio: compression, temperature: 0, isSilent: false,
            cut: SegmentCut(segments: [], advance: 0, endsInSilence: false))
    }
}
