/// How many requests of a service run and how many wait, in all lanes.
public struct AdmissionSnapshot: Sendable, Hashable {
    /// Requests with a place.
    public var running: Int
    /// Requests without a place, including requests that are preparing.
    public var queued: Int
    /// The part of `queued` that is not waiting for a place yet.
    public var preparing: Int

    /// `preparing` is a part of `queued`, not beside it.
    public init(running: Int, queued: Int, preparing: Int = 0) {
        self.running = running
        self.queued = queued
        self.preparing = preparing
    }
}
