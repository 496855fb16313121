import BridgeSupport
import Logging
import ModelStore
import Synchronization

/// The downloads that clients have ordered. They belong to the server, not to a client: all clients that ask for a model watch one download,
/// and it goes on when they leave. When the server ends, what has come stays, and the next order goes on from there.
final class ModelPulls: Sendable {
    typealias Watcher = AsyncThrowingStream<PullProgress, any Error>.Continuation
    typealias Fetch =
        @Sendable (_ id: String, _ progress: @escaping @Sendable (PullProgress) -> Void) async throws -> Void

    private let board = Mutex(PullBoard<Watcher>())
    private let orders: AsyncStream<String>
    private let order: AsyncStream<String>.Continuation
    private let logger: Logger
    private let fetch: Fetch

    /// - Parameter fetch: brings a model here; called once at a time for each id.
    init(logger: Logger, fetch: @escaping Fetch) {
        (orders, order) = AsyncStream.makeStream()
        (self.logger, self.fetch) = (logger, fetch)
    }

    /// The models being fetched.
    var ids: Set<String> { board.withLock { $0.ids } }

    /// The progress of a download from now on, the newest only; begins it if it does not run. Ends when the model is here.
    func watch(_ id: String) -> AsyncThrowingStream<PullProgress, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { watcher in
            let (ticket, isFirst, progress) = board.withLock { $0.join(id, watcher) }
            watcher.onTermination = { _ in self.board.withLock { $0.leave(id, ticket: ticket) } }
            if let progress { watcher.yield(progress) }
            if isFirst { order.yield(id) }
        }
    }

    /// Fetches what is ordered, until the task is cancelled; to be called once.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await id in orders { group.addTask { await self.work(on: id) } }
        }
    }

    private func work(on id: String) async {
        do {
            try await fetch(id) { progress in
                for watcher in self.board.withLock({ $0.note(progress, of: id) }) { watcher.yield(progress) }
            }
            logger.info("Fetched a model.", metadata: ["model": "\(id)"])
            end(id, nil)
        } catch is CancellationError {
            end(id, ServiceError.stopping)
        } catch {
            let reason = (error as? ServiceError)?.message ?? "\(error)"
            logger.warning("A model was not fetched.", metadata: ["model": "\(id)", "reason": "\(reason)"])
            end(id, error)
        }
    }

    private func end(_ id: String, _ error: (any Error)?) {
        // Outside the lock, which a watcher takes when it ends.
        for watcher in board.withLock({ $0.end(id) }) { watcher.finish(throwing: error) }
    }
}
