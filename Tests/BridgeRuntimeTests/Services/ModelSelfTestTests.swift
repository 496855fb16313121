import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct ModelSelfTestTests {
    @Test func aTranscriptMustHoldWhatWasSaid() {
        func problem(_ text: String, knowsWords: Bool = true) -> String? {
            ModelSelfTest.problem(withTranscript: text, knowsWords: knowsWords)
        }
        #expect(problem(" And so, my fellow Americans,") == nil)
        #expect(problem("...") != nil && problem("") != nil && problem("Sous-titrage") != nil)
        #expect(problem(String(repeating: "american ", count: 30)) != nil)
        #expect(problem("Des mots", knowsWords: false) == nil && problem("!", knowsWords: false) != nil)
    }

    @Test func speechMustBeHeardAndHaveTheLengthOfSpeech() {
        let sound = (0..<16000).map { Float($0 % 100) / 200 }
        #expect(ModelSelfTest.problem(withSpeech: sound, seconds: 1) == nil)
        #expect(ModelSelfTest.problem(withSpeech: [Float](repeating: 0, count: 16000), seconds: 1) != nil)
        #expect(ModelSelfTest.problem(withSpeech: sound + [.nan], seconds: 1) != nil)
        #expect(ModelSelfTest.problem(withSpeech: sound, seconds: 60) != nil)
        #expect(ModelSelfTest.problem(withSpeech: [], seconds: 0) != nil)
    }

    @Test func vectorsMustTellLikeFromUnlike() {
        #expect(ModelSelfTest.problem(withVectors: [[1, 0], [0.8, 0.6], [0, 1]]) == nil)
        #expect(ModelSelfTest.problem(withVectors: [[1, 0], [0, 1], [0.8, 0.6]]) != nil)
        #expect(ModelSelfTest.problem(withVectors: [[1, 0], [0.8, 0.6], [0, 2]]) != nil)
        #expect(ModelSelfTest.problem(withVectors: [[.nan, 0], [0.8, 0.6], [0, 1]]) != nil)
    }
}
