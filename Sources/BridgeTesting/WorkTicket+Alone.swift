public import WorkScheduling

extension WorkTicket {
    /// One for all tests: the cores are shared too.
    private static let scheduler = WorkScheduler()

    /// A ticket for a test that asks a backend itself, without a service.
    public static func alone(_ urgency: Urgency = .interactive) -> WorkTicket { scheduler.ticket(urgency) }
}
