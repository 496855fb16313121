extension Clock where Duration == Swift.Duration {
    /// Starts measuring: each call of the result tells how much time has passed since on this clock. Works for an
    /// `any Clock<Duration>`, whose instants cannot be compared otherwise.
    public func stopwatch() -> @Sendable () -> Swift.Duration {
        // The usual clock is read for every token: without generic code.
        if let clock = self as? ContinuousClock {
            let start = clock.now
            return { start.duration(to: clock.now) }
        }
        let start = now
        return { start.duration(to: self.now) }
    }

    /// The same, with a way to sleep until a time since the start: what passes before the sleep begins is not added to it.
    public func timeline() -> (
        elapsed: @Sendable () -> Swift.Duration, sleep: @Sendable (_ until: Swift.Duration) async throws -> Void
    ) {
        let start = now
        return (
            { start.duration(to: self.now) },
            { try await self.sleep(until: start.advanced(by: $0), tolerance: nil) }
        )
    }
}
