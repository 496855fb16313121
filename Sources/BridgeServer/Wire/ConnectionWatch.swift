import BridgeRuntime
import NIOCore
import Synchronization

/// Knows which connections are open, tells the work for a connection when it closes, and tells connections to close when
/// ``ConnectionPlaces`` needs their room.
///
/// Hummingbird's `consumeWithCancellationOnInboundClose` reports closed connections only while the body has not been read, and uses up the
/// connection; here the body is read first, since errors in it are answered before any work begins, and the connection
/// lives on. It also regards a client that has sent everything as gone; ``ConnectionHandler`` distinguishes the two.
final class ConnectionWatch: Sendable {
    /// What the handler of a connection reports about it. Keeps the channel alive, so that its identity is not reused.
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

        /// Nobody waits for an answer or is still taking one.
        ///
        /// - Parameter isLast: whether nothing more is answered on it.
        func ends(isLast: Bool) {
            watch.change { places, time in places.end(id, at: time, isLast: isLast) }
        }
    }

    private struct Entry {
        var channel: any Channel
        /// Called when it closes.
        var watchers: [Int: @Sendable () -> Void] = [:]
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
    ///   - reserve: further connections that may stay open.
    ///   - lingering: further connections that may be open while they leave.
    ///   - now: the time.
    init(
        limit: Int = 1 << 20, reserve: Int = OpenFiles.extraConnections, lingering: Int = OpenFiles.leavingConnections,
        now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        state = Mutex(State(places: ConnectionPlaces(limit: limit, reserve: reserve, lingering: lingering)))
        self.now = now
    }

    /// Registers a connection until it closes.
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

    /// Whether a request on this connection must be refused because too many are in use already.
    func isExtra(_ channel: any Channel) -> Bool {
        state.withLock { $0.places.isExtra(ObjectIdentifier(channel)) }
    }

    /// Tells when `channel` closes.
    func closing(of channel: any Channel) -> RequestScope.Departure {
        { [self] act in
            let id = ObjectIdentifier(channel)
            let watcher: Int? = state.withLock { state in
                guard state.connections[id] != nil else { return nil }
                state.nextWatcher += 1
                state.connections[id]?.watchers[state.nextWatcher] = act
                return state.nextWatcher
            }
            guard let watcher else {
                // A channel that is not known has closed before.
                act()
                return {}
            }
            return { [self] in
                _ = state.withLock { $0.connections[id]?.watchers.removeValue(forKey: watcher) }
            }
        }
    }

    private func closed(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let entry = state.withLock { state in
            state.places.close(id)
            return state.connections.removeValue(forKey: id)
        }
        guard let entry else { return }
        for act in entry.watchers.values { act() }
    }
}
