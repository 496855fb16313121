import BridgeRuntime
import NIOCore
import Synchronization

/// Knows which connections are open, tells whoever works for one when it closes, and tells connections to close when ``ConnectionPlaces``
/// needs their room.
///
/// Hummingbird's `consumeWithCancellationOnInboundClose` tells of closed connections for bodies that were not read yet, and uses the
/// connection up; here the body is read first, since what is wrong in it is answered before any work begins, and the connection
/// lives on. It also takes a client that has sent all it has to send for one that is gone; ``ConnectionHandler`` tells them apart.
final class ConnectionWatch: Sendable {
    /// What the handler of a connection tells of it. Keeps the channel, so that no other is taken for it.
    struct Use: Sendable {
        fileprivate let watch: ConnectionWatch
        fileprivate let channel: any Channel
        private var id: ObjectIdentifier { ObjectIdentifier(channel) }

        /// A request has come.
        ///
        /// - Returns: whether there is no place for it.
        func begins() -> Bool {
            var isExtra = false
            watch.change { places, time in
                defer { isExtra = places.isExtra(id) }
                return places.begin(id, at: time)
            }
            return isExtra
        }

        /// Nobody waits for an answer, or is still taking one.
        ///
        /// - Parameter isLast: whether nothing more is answered on it.
        func ends(isLast: Bool) {
            watch.change { places, time in places.end(id, at: time, isLast: isLast) }
        }
    }

    private struct Entry {
        var channel: any Channel
        /// Who waits for the end of it.
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private struct State {
        var places: ConnectionPlaces<ObjectIdentifier>
        var connections: [ObjectIdentifier: Entry] = [:]
        var nextWatcher = 0
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> NIODeadline

    /// - Parameters:
    ///   - limit: connections that are served at the same time.
    ///   - reserve: connections that stay open beyond those.
    ///   - lingering: connections that are open beyond all these while they leave.
    ///   - now: the time.
    init(
        limit: Int = 1 << 20, reserve: Int = OpenFiles.extraConnections, lingering: Int = OpenFiles.leavingConnections,
        now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        state = Mutex(State(places: ConnectionPlaces(limit: limit, reserve: reserve, lingering: lingering)))
        self.now = now
    }

    /// Takes note of a connection until it closes.
    func open(_ channel: any Channel) -> Use {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[id] = Entry(channel: channel) }
        change { places, time in places.open(id, at: time) }
        channel.closeFuture.whenComplete { _ in self.closed(channel) }
        return Use(watch: self, channel: channel)
    }

    private typealias Places = ConnectionPlaces<ObjectIdentifier>

    private func change(_ body: (inout Places, _ time: UInt64) -> [Places.Step]) {
        let time = now().uptimeNanoseconds
        let told: [((any Channel)?, ConnectionHandler.MakeRoom)] = state.withLock { state in
            body(&state.places, time).map { step in
                switch step {
                case .end(let id): (state.connections[id]?.channel, .inTime)
                case .cut(let id): (state.connections[id]?.channel, .atOnce)
                }
            }
        }
        for (channel, event) in told { channel?.pipeline.fireUserInboundEventTriggered(event) }
    }

    /// Whether a request on this connection must be refused, because as many as may be are in use already.
    func isExtra(_ channel: any Channel) -> Bool {
        state.withLock { $0.places.isExtra(ObjectIdentifier(channel)) }
    }

    /// Returns when `channel` has closed, or when the task is cancelled.
    func waitForClose(of channel: any Channel) async {
        let key = ObjectIdentifier(channel)
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let watcher: Int? = state.withLock { state in
            guard state.connections[key] != nil else { return nil }
            state.nextWatcher += 1
            state.connections[key]?.watchers[state.nextWatcher] = continuation
            return state.nextWatcher
        }
        // A channel that is not known has been closed already.
        guard let watcher else { return }
        for await _ in stream {}
        state.withLock { state in _ = state.connections[key]?.watchers.removeValue(forKey: watcher) }
    }

    private func closed(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let entry = state.withLock { state in
            state.places.close(id)
            return state.connections.removeValue(forKey: id)
        }
        guard let entry else { return }
        for watcher in entry.watchers.values { watcher.finish() }
    }
}
