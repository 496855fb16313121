/// How often and how patiently a download is tried.
struct RetryPolicy: Sendable {
    /// Attempts without one new byte before giving up.
    var attempts = 5
    var firstPause: Duration = .seconds(1)
    var longestPause: Duration = .seconds(30)
    /// No server may hold a download up for longer than this with Retry-After.
    var longestRetryAfter: Duration = .seconds(120)

    /// Doubles with each failure, and half of it is chance so that clients that failed together come back apart.
    func pause(afterFailure count: Int, retryAfter: Duration?) -> Duration {
        if let retryAfter { return min(retryAfter, longestRetryAfter) }
        let whole = min(firstPause * (1 << min(count - 1, 16)), longestPause)
        return whole * Double.random(in: 0.5...1)
    }
}
