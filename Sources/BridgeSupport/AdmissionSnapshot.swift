/// How many requests of a service run and how many wait, in all lanes.
public struct AdmissionSnapshot: Sendable, Hashable {
    public var running: Int
    public var queued: Int
    /// Those of `queued` that do not wait for a place yet.
    public var preparing: Int

    public init(running: Int, queued: Int, preparing: Int = 0) {
        self.running = running
        self.queued = queued
        self.preparing = preparing
    }
}
