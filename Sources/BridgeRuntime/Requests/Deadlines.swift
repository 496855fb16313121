import BridgeSupport
import Synchronization

/// Calls back when time is up: one keeper for all requests, since a task for each of them costs more than a short request itself.
///
/// ``run()`` sleeps until the earliest deadline that it knew when it went to sleep. Most deadlines are called off long before; it looks
/// at what is left when it wakes, and is woken only for one that is earlier.
public final class Deadlines: Sendable {
    /// A deadline that has not come yet.
    struct Token: Sendable, Hashable {
        fileprivate let id: UInt64
    }

    private struct Entry {
        let time: Duration
        let act: @Sendable () -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var nextID: UInt64 = 0
        /// When `run` wakes by itself; nil while there is nothing to wait for.
        var wake: Duration?
        /// When the server began to stop.
        var stop: Duration?
    }

    private let state = Mutex(State())
    /// Since it was made.
    private let elapsed: @Sendable () -> Duration
    private let sleep: @Sendable (_ until: Duration) async throws -> Void
    private let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameter clock: measures the time until deadlines.
    public init(clock: any Clock<Duration>) {
        (elapsed, sleep) = clock.timeline()
    }

    /// Calls `act` once `duration` has passed, unless it is called off before. It must return soon: others wait for it.
    func after(_ duration: Duration, _ act: @escaping @Sendable () -> Void) -> Token {
        at(elapsed() + duration, act)
    }

    /// The server stops from now on, unless that was noted before.
    package func noteStop() {
        let now = elapsed()
        state.withLock { $0.stop = $0.stop ?? now }
    }

    /// Calls `act` once `duration` has passed since the server began to stop, which is now unless it was noted before.
    func afterStop(_ duration: Duration, _ act: @escaping @Sendable () -> Void) -> Token {
        noteStop()
        return at((state.withLock(\.stop) ?? elapsed()) + duration, act)
    }

    private func at(_ time: Duration, _ act: @escaping @Sendable () -> Void) -> Token {
        let (id, isEarlier) = state.withLock { state in
            state.nextID += 1
            state.entries[state.nextID] = Entry(time: time, act: act)
            let isEarlier = state.wake.map { time < $0 } ?? true
            if isEarlier { state.wake = time }
            return (state.nextID, isEarlier)
        }
        if isEarlier { change.yield() }
        return Token(id: id)
    }

    /// Calls a deadline off; nothing happens if it has come.
    func cancel(_ token: Token) {
        // The action is released outside the lock: it may own what takes locks itself.
        _ = state.withLock { $0.entries.removeValue(forKey: token.id) }
    }

    /// How many deadlines have neither come nor been called off.
    var pendingCount: Int { state.withLock { $0.entries.count } }

    /// Keeps the deadlines, until its task is cancelled. To be called once.
    public func run() async {
        var changes = changes.makeAsyncIterator()
        while !Task.isCancelled {
            let wake = state.withLock(\.wake)
            await withTaskGroup(of: Void.self) { group in
                if let wake {
                    group.addTask { [sleep, change] in
                        if (try? await sleep(wake)) != nil { change.yield() }
                    }
                }
                await changes.next()
                group.cancelAll()
            }
            for act in due() { act() }
        }
    }

    /// Takes out what is due now, in the order of the deadlines.
    private func due() -> [@Sendable () -> Void] {
        let now = elapsed()
        return state.withLock { state in
            let due = state.entries.filter { $0.value.time <= now }
            for id in due.keys { state.entries[id] = nil }
            state.wake = state.entries.values.map(\.time).min()
            return due.values.sorted { $0.time < $1.time }.map(\.act)
        }
    }
}
