import Foundation
import Testing
@testable import TextToSpeech

#if canImport(Glibc)
    import Glibc
#endif

/// Twice as long a text takes about twice the time, however it is made.
@Suite(.timeLimit(.minutes(3))) struct LinearTimeTests {
    static let shapes = [
        "[[", "]]", "[[a]]", "[[a]", "[ [", "[[\n", "[[]", "[", "a", " ", "\n", "\r\n", "a\n", "a ", ".", ". ", "...",
        ", ", "?!", "a.b.", "s'",
        "e\u{301}", "\u{301}", "\u{301}\u{323}", "a\u{200D}", "😀", "🇫🇷", "👨‍👩‍👧", "\u{1161}", "ﷺ", "𝐁", "好", "नमस्ते", "\u{A0}",
        "\u{1}", "9", "A", "- ", "9 ", "9  ", "€", "+ ", "9         ", "kilogrammes 9 ",
    ]

    @Test(arguments: shapes) func fourTimesTheTextTakesAboutFourTimesTheWork(_ shape: String) {
        let count = 8000 / shape.unicodeScalars.count
        // On a busy machine one look may be off by more; nothing quadratic ever looks linear.
        let looks = (0..<4).lazy.map { _ in
            (fastest(String(repeating: shape, count: count)), fastest(String(repeating: shape, count: 2 * count)))
        }
        // Below some milliseconds other things weigh more; nothing quadratic is as fast with as many characters.
        #expect(looks.contains { once, twice in twice < 0.02 || twice < 3.2 * once })
    }

    /// Seconds of this thread's own computing, the least of three times.
    private func fastest(_ text: String) -> Double {
        (0..<3).map { _ in
            let start = seconds()
            _ = RawPhonemes.parts(of: text).map(\.phonemes.count)
            let prepared = PreparedText(text.trimmed)
            let passages = PassageReader.passages(of: prepared)
            _ = passages.map { prepared.original($0.range) + prepared.text($0.range).trimmed }
            _ = SynthesisRequest(text: text).urgency
            return seconds() - start
        }.min() ?? 0
    }

    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
