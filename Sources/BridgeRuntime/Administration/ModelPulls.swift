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

    /// Downloads at a time; more would only slow each other down.
    static let mostAtOnce = 2
    /// Downloads that may be ordered and have not ended.
    static let mostOrders = 64

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

    /// The progress of a download from now on, the newest only; orders it if nobody has. Ends when the model is here.
    ///
    /// - Throws: from the stream what fetching throws, or `overloaded` where too many downloads are ordered already.
    func watch(_ id: String) -> AsyncThrowingStream<PullProgress, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { watcher in
            guard let place = board.withLock({ $0.join(id, watcher, capacity: Self.mostOrders) }) else {
                return watcher.finish(
                    throwing: ServiceError(
                        .overloaded,
                        "\(Self.mostOrders) models wait to be fetched already. Try again when some of them are here.",
                        retryAfter: .seconds(60)))
            }
            watcher.onTermination = { _ in self.board.withLock { $0.leave(id, ticket: place.ticket) } }
            if let progress = place.progress { watcher.yield(progress) }
            guard place.isFirst else { return }
            if place.others >= Self.mostAtOnce {
                watcher.yield(
                    PullProgress(
                        file: id, completed: 0, total: nil,
                        pause: "It begins when others that were ordered before are here."))
            }
            order.yield(id)
        }
    }

    /// Fetches what is ordered, until the task is cancelled; to be called once.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await id in orders {
                if running == Self.mostAtOnce {
                    await group.next()
                    running -= 1
                }
                group.addTask { await self.work(on: id) }
                running += 1
            }
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
