import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct BytePatternTests {
    private func find(_ pattern: String, in text: String, from start: Int = 0) -> Int? {
        BytePattern(Array(pattern.utf8)).firstIndex(in: Array(text.utf8), from: start)
    }

    @Test func placesAreFound() {
        #expect(find("ab", in: "xxab") == 2)
        #expect(find("ab", in: "abab", from: 1) == 2)
        #expect(find("aab", in: "aaaab") == 2)
        #expect(find("abcabd", in: "abcabcabd") == 3)
        #expect(find("\r\n--b", in: "\r\r\n\r\n--b") == 3)
        #expect(find("ab", in: "a") == nil)
        #expect(find("ab", in: "") == nil)
        #expect(find("", in: "ab") == nil)
    }

    @Test func itFindsWhatASimpleSearchFinds() {
        var state: UInt64 = 1
        func letters(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(ascii: "a") + UInt8(state >> 62)
            }
        }
        for _ in 0..<300 {
            let (text, pattern) = (letters(40), letters(3))
            let expected = (0...37).first { Array(text[$0..<$0 + 3]) == pattern }
            #expect(BytePattern(pattern).firstIndex(in: text, from: 0) == expected)
        }
    }
}
