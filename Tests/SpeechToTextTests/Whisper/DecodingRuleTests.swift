import Testing

@testable import SpeechToText

/// A vocabulary of 5 text tokens, then the control tokens of one language, then times.
private let special: SpecialTokens = {
    var generation = GenerationConfiguration()
    generation.noTimestampsTokenID = 13
    generation.decoderStartTokenID = 6
    generation.endOfTextID = 5
    generation.isMultilingual = true
    guard let made = try? SpecialTokens(vocabularySize: 14 + 1501, generation: generation, added: [:]) else {
        preconditionFailure("the layout is right")
    }
    return made
}()

@Suite(.timeLimit(.minutes(5))) struct LogitRuleTests {
    private func allowed(after tokens: [Int], timestamps: Bool = true, boost: [Int: Float] = [:]) -> Set<Int> {
        let rules = LogitRules(
            special: special, suppressed: [2], suppressedFirst: [1, 5], timestamps: timestamps,
            maximumInitialTimestamp: 50)
        var logits = [Float](repeating: 0, count: special.vocabularySize)
        // Text is likely enough that the last rule does not take it all away.
        for token in 0..<14 { logits[token] = 20 }
        for (token, value) in boost { logits[token] = value }
        logits.withUnsafeMutableBufferPointer { rules.apply(to: $0, after: tokens) }
        return Set(logits.indices.filter { logits[$0] > -.infinity })
    }

    private let time0 = special.firstTimestamp

    @Test func theFirstTokenIsATimeUpToOneSecond() {
        #expect(allowed(after: []) == Set(time0...time0 + 50))
    }

    @Test func blankAndEndAreNoFirstTokensWithoutTimes() {
        let set = allowed(after: [], timestamps: false)
        #expect(!set.contains(1) && !set.contains(5) && !set.contains(2) && set.contains(0))
        #expect(allowed(after: [0], timestamps: false).isSuperset(of: [1, 5]))
    }

    @Test func textFollowsASegmentsStart() {
        #expect(allowed(after: [time0]).allSatisfy { $0 < time0 })
        #expect(!allowed(after: [time0]).contains(13), "never <|notimestamps|>")
    }

    @Test func afterTextATimeMustBeLater() {
        let set = allowed(after: [time0 + 10, 0])
        #expect(!set.contains(time0 + 10) && set.contains(time0 + 11) && set.contains(0))
    }

    @Test func anEndIsFollowedByAStartOrTheEndOfText() {
        let set = allowed(after: [time0, 0, time0 + 20])
        #expect(set.contains(5) && set.contains(time0 + 20) && !set.contains(time0 + 19))
        #expect((0..<5).allSatisfy { !set.contains($0) })
    }

    @Test func afterAPairComesText() {
        #expect(allowed(after: [time0, 0, time0 + 20, time0 + 20]).allSatisfy { $0 < time0 })
    }

    @Test func timesThatAreLikelierTogetherWin() {
        // 1491 times at logit 0 sum to exp(7.3).
        var low: [Int: Float] = [:]
        for token in 0..<14 { low[token] = 7 }
        #expect(allowed(after: [time0 + 10, 0], boost: low).allSatisfy { $0 >= time0 })
        for token in 0..<14 { low[token] = 7.5 }
        #expect(allowed(after: [time0 + 10, 0], boost: low).contains(0))
    }
}

@Suite(.timeLimit(.minutes(5))) struct LogitMathTests {
    @Test func logSumExp() {
        let row: [Float] = [1, 2, 3, -.infinity]
        let value = row.withUnsafeBufferPointer { LogitMath.logSumExp($0) }
        #expect(abs(value - 3.4076059) < 1e-5)
        let nothing = [Float](repeating: -.infinity, count: 3)
        #expect(nothing.withUnsafeBufferPointer { LogitMath.logSumExp($0) } == -.infinity)
    }

    @Test func topIsOrderedAndStable() {
        let row: [Float] = [1, 5, 3, 5, 2, -.infinity]
        #expect(row.withUnsafeBufferPointer { LogitMath.top(3, of: $0) } == [1, 3, 2])
        #expect(row.withUnsafeBufferPointer { LogitMath.argMax($0) } == 1)
        #expect(row.withUnsafeBufferPointer { LogitMath.top(9, of: $0) } == [1, 3, 2, 4, 0, 5])
    }

    @Test func samplesFollowTheDistribution() {
        let row: [Float] = [0, 1, -.infinity, 2]
        var generator = SeededGenerator(seed: 7)
        var counts = [0, 0, 0, 0]
        for _ in 0..<20_000 {
            counts[row.withUnsafeBufferPointer { LogitMath.sample($0, temperature: 0.5, using: &generator) }] += 1
        }
        // softmax([0, 2, 4])
        for (count, expected) in zip(counts, [0.01588, 0.11731, 0, 0.86681]) {
            #expect(abs(Double(count) / 20_000 - expected) < 0.01)
        }
    }

    @Test func theSameSeedGivesTheSameNumbers() {
        var (first, second) = (SeededGenerator(seed: 3), SeededGenerator(seed: 3))
        #expect((0..<5).map { _ in first.next() } == (0..<5).map { _ in second.next() })
    }
}

@Suite(.timeLimit(.minutes(5))) struct CompressionRatioTests {
    static let examples: [(text: String, ratio: Double)] = [
        (Array(repeating: "hello", count: 8).joined(separator: " "), 2.764706),
        ("Bonjour, ceci est un test de transcription.", 0.895833),
        (Array(repeating: "la", count: 60).joined(separator: " "), 12.785714),
        ("", 0),
    ]

    @Test(arguments: examples)
    func isThatOfZlib(text: String, ratio: Double) { #expect(abs(compressionRatio(of: text) - ratio) < 1e-6) }
}

@Suite(.timeLimit(.minutes(5))) struct VerdictTests {
    private func verdict(ratio: Double = 1, logProbability: Double = -0.5, noSpeech: Double = 0.1) -> Verdict {
        Verdict(
            WindowResult(
                tokens: [], logProbabilities: [], averageLogProbability: logProbability, noSpeechProbability: noSpeech,
                compressionRatio: ratio,
                temperature: 0, isSilent: false, cut: SegmentCut(segments: [], advance: 0, endsInSilence: false)),
            WhisperOptions())
    }

    @Test func goodAnswersStand() {
        #expect(verdict() == verdict(noSpeech: 0.9))
        #expect(!verdict().needsFallback && !verdict().isSilent)
    }

    @Test func loopsAndGuessesFallBack() {
        #expect(verdict(ratio: 2.5).needsFallback)
        #expect(verdict(logProbability: -1.1).needsFallback)
    }

    @Test func silenceNeedsNoFallback() {
        let silent = verdict(ratio: 2.5, logProbability: -1.1, noSpeech: 0.7)
        #expect(!silent.needsFallback && silent.isSilent)
    }
}

@Suite(.timeLimit(.minutes(5))) struct SegmentCutTests {
    private let time0 = special.firstTimestamp

    @Test func pairsAreBoundariesAndTheUnfinishedTailIsDecodedAgain() {
        let cut = SegmentCut([time0, 1, time0 + 100, time0 + 100, 2, 3], frames: 3000, special: special)
        #expect(cut.segments == [.init(start: 0, end: 2, tokens: [time0, 1, time0 + 100])])
        #expect(cut.advance == 200 && !cut.endsInSilence)
    }

    @Test func aSingleTimeAtTheEndEndsTheWindow() {
        let tokens = [time0, 1, time0 + 100, time0 + 150, 2, time0 + 200]
        let cut = SegmentCut(tokens, frames: 2500, special: special)
        #expect(cut.segments.map(\.end) == [2, 4] && cut.segments.map(\.start) == [0, 3])
        #expect(cut.advance == 2500 && cut.endsInSilence)
    }

    @Test func wordsPastTheEndBelongToTheSegmentBefore() {
        let tokens = [time0, 1, time0 + 100, time0 + 150, 2, time0 + 200, time0 + 200, 3, time0 + 250]
        let cut = SegmentCut(tokens, frames: 300, special: special).joiningPastEnd(frames: 300)
        #expect(cut.segments.map(\.start) == [0] && cut.segments.map(\.end) == [3])
        #expect(cut.segments.flatMap(\.tokens) == tokens)
        // The first one stays, wherever it is said to be.
        let first = SegmentCut([time0 + 40, 1, time0 + 80, time0 + 80, 2, time0 + 90], frames: 50, special: special)
        #expect(first.joiningPastEnd(frames: 50).segments.count == 1)
    }

    @Test func withoutPairsThereIsOneSegment() {
        #expect(SegmentCut([time0, 1, time0 + 100], frames: 3000, special: special).segments.map(\.end) == [2])
        let whole = SegmentCut([time0, 1, 2], frames: 1234, special: special)
        #expect(whole.segments.map(\.end) == [12.34] && whole.advance == 1234)
        #expect(SegmentCut([], frames: 50, special: special).segments.map(\.end) == [0.5])
    }

    @Test func aLoneSegmentBeginsAtItsOwnTime() {
        let cut = SegmentCut([time0 + 35, 1, time0 + 100], frames: 3000, special: special)
        #expect(abs(cut.segments[0].start - 0.7) < 1e-9 && cut.segments[0].end == 2)
        // A time that is not before the end says nothing.
        #expect(SegmentCut([time0 + 40, 1, time0 + 40], frames: 3000, special: special).segments.map(\.start) == [0])
    }

    @Test func aLastTimeOfZeroStillMovesOn() {
        let cut = SegmentCut([time0, time0, 1], frames: 700, special: special)
        #expect(cut.advance == 700)
    }
}

@Suite(.timeLimit(.minutes(5))) struct WordTimeTests {
    @Test func warpingPrefersAsOpenAIDoes() {
        let cost: [Float] = [5, 1, 1, 3, 4, 6, 4, 2, 1, 1, 3, 5, 6, 5, 4, 3, 1, 1]
        let path = DynamicTimeWarping.path(cost, rows: 3, columns: 6)
        #expect(path.map(\.row) == [0, 0, 1, 1, 2, 2] && path.map(\.column) == [0, 1, 2, 3, 4, 5])
        let negated = DynamicTimeWarping.path(cost.map { -$0 }, rows: 3, columns: 6)
        #expect(negated.map(\.row) == [0, 1, 2, 2, 2, 2, 2, 2] && negated.map(\.column) == [0, 0, 0, 1, 2, 3, 4, 5])
        #expect(DynamicTimeWarping.path([], rows: 0, columns: 0).isEmpty)
    }

    @Test func medianIsMirroredAtTheEdges() {
        #expect(medianFilter([1, 9, 2, 8, 3, 7, 4, 6, 5, 0]) == [8, 3, 7, 4, 6, 5, 5, 5, 5, 5])
        #expect(medianFilter([3, 1]) == [3, 1])
    }

    @Test func punctuationJoinsItsWord() {
        let words = [" \"", "Oui", ",", " non", "."].enumerated().map {
            AlignedWord(text: $1, tokens: [$0], start: Double($0), end: Double($0) + 0.5, probability: 1)
        }
        var segments = [TimedSegment(start: 0, end: 5, tokens: [0, 1, 2, 3, 4])]
        var lastSpeech = 0.0
        WordTimings(words).apply(to: &segments, offset: 10, endOfText: 100, lastSpeech: &lastSpeech)
        #expect(segments[0].words?.map(\.text) == [" \"Oui,", " non."])
        #expect(lastSpeech == segments[0].end)
    }
}
