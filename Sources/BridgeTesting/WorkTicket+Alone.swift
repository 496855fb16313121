public import WorkScheduling

extension WorkTicket {
    /// One for all tests, which share the cores as well.
    private static let scheduler = WorkScheduler()

    /// A ticket for a test that calls a backend itself, without a service.
    public static func alone(_ urgency: Urgency = .interactive) -> WorkTicket { scheduler.ticket(urgency) }
}
