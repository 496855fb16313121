public import BridgeSupport

extension WorkTicket {
    /// Leases the model of some work, loaded if it was not, and then waits for a place: while a model is being loaded, its requests hold
    /// none, and keep nobody waiting who asks for another.
    ///
    /// - Returns: the lease, and how long the model was waited for.
    /// - Throws: as ``checkRoom(for:)``, before anything is loaded, ``enter(_:)`` and `ModelSource.lease`.
    public func enter<Model: Sendable>(
        _ urgency: Urgency, leasing id: String, from models: ModelSource<Model>
    ) async throws -> (lease: ModelLease<Model>, load: Duration) {
        try checkRoom(for: urgency)
        let (lease, load) = try await timed { try await models.lease(id) }
        try await enter(urgency)
        return (lease, load)
    }
}
