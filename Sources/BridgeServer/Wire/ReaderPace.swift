/// Whether a client takes an answer fast enough, while bytes wait for it.
///
/// A client has a credit of seconds, which pass while it takes nothing, and gets one back for as many bytes as it must take in a
/// second. The credit is never more than the time over which the rate is averaged, however much the systems at both ends took at
/// once. This time must be longer than a live client may seem to take nothing: a system makes room for more only when a
/// sixteenth of what it holds for a program is free, which is 400 kB as a rule, or 20 s of a client that reads 20 KiB a second.
struct ReaderPace {
    private let rate: Double
    private let window: Double
    private var credit: Double
    /// As of the last look; nil before the first one, which cannot tell how long what was taken took.
    private var taken: Int?

    /// - Parameters:
    ///   - rate: bytes a second that a client must take.
    ///   - window: seconds over which this is averaged.
    init(rate: Double, window: Double) {
        self.rate = rate
        self.window = window
        credit = window
    }

    /// - Parameters:
    ///   - total: bytes that the client has taken since the connection began.
    ///   - seconds: since the last look, or since bytes began to wait.
    /// - Returns: false when the client takes too little.
    mutating func observe(taken total: Int, after seconds: Double) -> Bool {
        let progress = taken.map { max(0, total - $0) } ?? 0
        taken = total
        credit = min(credit - seconds + Double(progress) / rate, window)
        return credit > 0
    }
}
