import NIOCore
import Synchronization

/// Knows which connections are open, and tells whoever works for one when it closes.
///
/// Hummingbird's `consumeWithCancellationOnInboundClose` does that for bodies that were not read yet, and uses the connection up;
/// here the body is read first, since what is wrong in it is answered before any work begins, and the connection lives on.
/// It also takes a client that has sent all it has to send for one that is gone; ``DepartureHandler`` tells them apart.
final class ConnectionWatch: Sendable {
    private struct State {
        /// Who waits for the end of each open connection.
        var watchers: [ObjectIdentifier: [Int: AsyncStream<Void>.Continuation]] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// For the pipeline of each connection.
    func makeHandler() -> any RemovableChannelHandler { CloseHandler(watch: self) }

    /// Returns when `channel` has closed, or when the task is cancelled.
    func waitForClose(of channel: any Channel) async {
        let key = ObjectIdentifier(channel)
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let watcher: Int? = state.withLock { state in
            guard state.watchers[key] != nil else { return nil }
            state.nextWatcher += 1
            state.watchers[key]?[state.nextWatcher] = continuation
            return state.nextWatcher
        }
        // A channel that is not known has been closed already.
        guard let watcher else { return }
        for await _ in stream {}
        state.withLock { state in _ = state.watchers[key]?.removeValue(forKey: watcher) }
    }

    fileprivate func opened(_ channel: any Channel) {
        state.withLock { $0.watchers[ObjectIdentifier(channel)] = [:] }
    }

    fileprivate func closed(_ channel: any Channel) {
        let watchers = state.withLock { $0.watchers.removeValue(forKey: ObjectIdentifier(channel)) ?? [:] }
        for watcher in watchers.values { watcher.finish() }
    }
}

/// Sees the beginning and the end of a connection.
private final class CloseHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let watch: ConnectionWatch

    init(watch: ConnectionWatch) { self.watch = watch }

    func handlerAdded(context: ChannelHandlerContext) { watch.opened(context.channel) }
    func handlerRemoved(context: ChannelHandlerContext) { watch.closed(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        watch.closed(context.channel)
        context.fireChannelInactive()
    }
}
