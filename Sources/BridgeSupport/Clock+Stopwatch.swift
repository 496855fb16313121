extension Clock where Duration == Swift.Duration {
    /// Starts to measure: each call of the result tells how long that was ago on this clock. Works for an
    /// `any Clock<Duration>`, whose instants cannot be compared otherwise.
    public func stopwatch() -> @Sendable () -> Swift.Duration {
        let start = now
        return { start.duration(to: self.now) }
    }
}
