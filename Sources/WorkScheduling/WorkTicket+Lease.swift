public import BridgeSupport

extension WorkTicket {
    /// Leases the model of some work, loading it if necessary, and then waits for a place. Requests hold no place while their model is being
    /// loaded, so that they do not delay requests for other models.
    ///
    /// - Returns: the lease, and how long the model took to come.
    /// - Throws: what ``checkRoom(for:)`` throws, before anything is loaded, and what ``enter(_:)`` and `ModelSource.lease` throw.
    public func enter<Model: Sendable>(
        _ urgency: Urgency, leasing id: String, from models: ModelSource<Model>
    ) async throws -> (lease: ModelLease<Model>, load: Duration) {
        try checkRoom(for: urgency)
        let (lease, load) = try await timed {
            try await Stage.load.measure { try await models.lease(id) }
        }
        try await enter(urgency)
        return (lease, load)
    }
}
