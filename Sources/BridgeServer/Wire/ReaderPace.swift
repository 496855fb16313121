/// Whether a client takes an answer fast enough, while bytes wait for it.
///
/// A client has a credit in seconds, which is used up while it takes nothing, and regained by taking as many bytes as it must take in
/// that time. The credit never exceeds the time over which the rate is averaged, however much the systems at both ends took at
/// once. That time must be longer than a live client may seem to take nothing: a system makes room for more only when a
/// sixteenth of a program's buffer is free, usually 400 kB, or 20 s for a client that reads 20 KiB a second.
struct ReaderPace {
    private let rate: Double
    private let window: Double
    private var credit: Double
    /// At the last look; nil before the first one, which cannot tell how long the bytes taken so far took.
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
