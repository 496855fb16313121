import Foundation
import Testing
@testable import SpokenText

/// What holds for texts in both directions.
enum Properties {
    /// A text that has been converted once stays as it is.
    static func expectStable(_ texts: [String], _ convert: (String, SpokenLocale) -> String) {
        for text in texts {
            for locale in SpokenLocale.allCases {
                let once = convert(text, locale)
                #expect(convert(once, locale) == once, "\(locale.rawValue): \(text)")
            }
        }
    }

    /// Spans are in order, without gaps, and reach to the ends of both texts.
    static func expectCover(_ spans: [SpokenText.Span], from original: String, to result: String) {
        var (from, to) = (0, 0)
        for span in spans {
            #expect(span.from.lowerBound == from && span.to.lowerBound == to, "\(original) \(spans)")
            (from, to) = (span.from.upperBound, span.to.upperBound)
        }
        #expect(from == original.unicodeScalars.count && to == result.unicodeScalars.count, "\(original)")
    }

    /// Of this thread, to which other tests and a stopped process are nothing.
    static func processorTime(_ work: () -> Void) -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let start = now()
        work()
        return now() - start
    }

    /// A text of one piece again and again would take minutes if anything were looked at again and again.
    static func expectLinearTime(_ piece: String, bytes: Int, _ convert: (String) -> Void) {
        let text = String(repeating: piece, count: bytes / piece.utf8.count)
        let time = processorTime { convert(text) }
        #expect(time < .seconds(30), "\(piece): \(time)")
    }
}
