import BridgeSupport
import Foundation

/// How often and how patiently a download is tried.
struct RetryPolicy: Sendable {
    /// Attempts without a single new byte before giving up.
    var attempts = 5
    var firstPause: Duration = .seconds(1)
    var longestPause: Duration = .seconds(30)
    /// No server may delay a download longer than this with Retry-After.
    var longestRetryAfter: Duration = .seconds(120)
    /// The date, which a Retry-After may be relative to.
    var today: @Sendable () -> Date = { Date() }

    /// Doubles with each failure, and half of it is random so that clients that failed together do not come back together.
    func pause(afterFailure count: Int, retryAfter: Duration?) -> Duration {
        if let retryAfter { return min(retryAfter, longestRetryAfter) }
        let whole = min(firstPause * (1 << min(count - 1, 16)), longestPause)
        return whole * Double.random(in: 0.5...1)
    }

    /// The wait that a Retry-After header asks for: a number of seconds, or a date in HTTP's format. At most a
    /// day; nil if it is neither.
    func wait(retryAfter text: String) -> Duration? { RetryAfter.wait(text, today: today()) }
}
