import NIOCore
import Synchronization

/// Knows which connections are open, and tells whoever works for one when its client closes it.
///
/// Hummingbird's `consumeWithCancellationOnInboundClose` does that for bodies that were not read yet, and uses the connection up;
/// here the body is read first, since what is wrong in it is answered before any work begins, and the connection lives on.
final class ConnectionWatch: Sendable {
    private struct Connection {
        var hasClosed = false
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// For the pipeline of each connection.
    func makeHandler() -> any RemovableChannelHandler { InputCloseHandler(watch: self) }

    /// Returns when the client of `channel` has closed its side, or when the task is cancelled.
    func waitForClose(of channel: any Channel) async {
        let key = ObjectIdentifier(channel)
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let watcher: Int? = state.withLock { state in
            guard let connection = state.connections[key], !connection.hasClosed else { return nil }
            state.nextWatcher += 1
            state.connections[key]?.watchers[state.nextWatcher] = continuation
            return state.nextWatcher
        }
        // A channel that is not known has been closed already.
        guard let watcher else { return }
        for await _ in stream {}
        state.withLock { state in _ = state.connections[key]?.watchers.removeValue(forKey: watcher) }
    }

    fileprivate func opened(_ channel: any Channel) {
        state.withLock { $0.connections[ObjectIdentifier(channel)] = Connection() }
    }

    fileprivate func closed(_ channel: any Channel, isGone: Bool) {
        let key = ObjectIdentifier(channel)
        let watchers = state.withLock { state in
            let watchers = state.connections[key]?.watchers ?? [:]
            if isGone { state.connections[key] = nil } else { state.connections[key]?.hasClosed = true }
            return watchers.values
        }
        for watcher in watchers { watcher.finish() }
    }
}

/// Sees the end of the client's side, or of the whole connection.
private final class InputCloseHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let watch: ConnectionWatch

    init(watch: ConnectionWatch) { self.watch = watch }

    func handlerAdded(context: ChannelHandlerContext) { watch.opened(context.channel) }
    func handlerRemoved(context: ChannelHandlerContext) { watch.closed(context.channel, isGone: true) }

    func channelInactive(context: ChannelHandlerContext) {
        watch.closed(context.channel, isGone: true)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { watch.closed(context.channel, isGone: false) }
        context.fireUserInboundEventTriggered(event)
    }
}
