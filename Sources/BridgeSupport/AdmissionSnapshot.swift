/// How many requests of a service run and how many wait, in all lanes.
public struct AdmissionSnapshot: Sendable, Hashable {
    /// Requests with a place.
    public var running: Int
    /// Requests without one, those that prepare included.
    public var queued: Int
    /// Those of `queued` that do not wait for a place yet.
    public var preparing: Int

    public init(running: Int, queued: Int, preparing: Int = 0) {
        self.running = running
        self.queued = queued
        self.preparing = preparing
    }
}
