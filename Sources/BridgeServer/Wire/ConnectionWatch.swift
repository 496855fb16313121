import NIOCore
import Synchronization

/// Knows which connections are open, tells whoever works for one when it closes, and makes room for new ones: the one that has been
/// out of use longest closes when a connection too many comes.
///
/// Hummingbird's `consumeWithCancellationOnInboundClose` tells of closed connections for bodies that were not read yet, and uses the
/// connection up; here the body is read first, since what is wrong in it is answered before any work begins, and the connection
/// lives on. It also takes a client that has sent all it has to send for one that is gone; ``ConnectionHandler`` tells them apart.
final class ConnectionWatch: Sendable {
    /// Whether a connection is in use, as its handler sees it.
    final class Use: Sendable {
        /// Nanoseconds of `NIODeadline`; 0 while it is in use.
        private let unusedSince: Atomic<UInt64>
        /// Whether it came when there was no room for it.
        private let extra: Atomic<Bool>

        init(isExtra: Bool = false) {
            extra = Atomic(isExtra)
            unusedSince = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        var isExtra: Bool { extra.load(ordering: .relaxed) }
        fileprivate func becomeExtra() { extra.store(true, ordering: .relaxed) }

        /// A request has come.
        func begins() { unusedSince.store(0, ordering: .relaxed) }
        /// Nobody waits for an answer.
        func ends() { unusedSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed) }

        /// nil while it is in use.
        var idleSince: UInt64? {
            let time = unusedSince.load(ordering: .relaxed)
            return time == 0 ? nil : time
        }
    }

    private struct Entry {
        var channel: any Channel
        var use: Use
        /// Who waits for the end of it.
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private struct State {
        var connections: [ObjectIdentifier: Entry] = [:]
        var nextWatcher = 0
    }

    private let limit: Int
    private let state = Mutex(State())
    /// Whether connections are there for which there was no room: looked at before every request, without the lock.
    private let isCrowded = Atomic(false)

    /// - Parameter limit: connections that are served at the same time.
    init(limit: Int = .max) { self.limit = limit }

    /// Takes note of a connection until it closes, and closes another one if it is one too many.
    func open(_ channel: any Channel) -> Use {
        let use = Use()
        let (isTooMany, oldest) = state.withLock { state -> (Bool, (any Channel)?) in
            let isTooMany = state.connections.count >= limit
            let oldest = isTooMany ? Self.longestUnused(state) : nil
            // The next one closes another.
            oldest?.use.begins()
            state.connections[ObjectIdentifier(channel)] = Entry(channel: channel, use: use)
            return (isTooMany, oldest?.channel)
        }
        if isTooMany, oldest == nil {
            use.becomeExtra()
            isCrowded.store(true, ordering: .relaxed)
        }
        oldest?.pipeline.fireUserInboundEventTriggered(ConnectionHandler.CloseIfUnused())
        channel.closeFuture.whenComplete { _ in self.closed(channel) }
        return use
    }

    private static func longestUnused(_ state: State) -> Entry? {
        state.connections.values.lazy.compactMap { entry in entry.use.idleSince.map { ($0, entry) } }
            .min { $0.0 < $1.0 }?.1
    }

    /// Whether a request on this connection must be refused, because as many as may be are in use already.
    func isBeyondLimit(_ channel: any Channel) -> Bool {
        guard isCrowded.load(ordering: .relaxed) else { return false }
        return state.withLock { state in
            guard state.connections.count > limit else {
                isCrowded.store(false, ordering: .relaxed)
                return false
            }
            return state.connections[ObjectIdentifier(channel)]?.use.isExtra ?? false
        }
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
        let entry = state.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(channel)) }
        guard let entry else { return }
        for watcher in entry.watchers.values { watcher.finish() }
    }
}
