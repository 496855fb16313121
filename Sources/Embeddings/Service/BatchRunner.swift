import Synchronization
import WorkScheduling

/// Runs the batches of a ``BatchQueue`` and gives every request its own answers.
///
/// A batch belongs to all requests in it, so it runs in a task of its own, which is kept, and cancelled when the last
/// of them has left. What a batch gave is cached at once: a request that is cut off later has less to do the next time.
final class BatchRunner: Sendable {
    fileprivate struct Request {
        let backend: any EmbeddingBackend
        let texts: [String]
        let enqueued: ContinuousClock.Instant
        var started: ContinuousClock.Instant?
        var answers: [EmbeddedText?]
        var missing: Int
        let continuation: CheckedContinuation<Answer, any Error>
    }

    struct Answer: Sendable {
        var texts: [EmbeddedText]
        /// Until the first of the texts was computed.
        var waited: Duration
    }

    fileprivate struct State {
        var queue: BatchQueue
        var nextID: BatchQueue.RequestID = 0
        var requests: [BatchQueue.RequestID: Request] = [:]
        /// The batch that runs; nil when none does.
        var batch: Task<Void, Never>?
    }

    fileprivate let state: Mutex<State>
    /// Of all batches: the requests in them have places of their own.
    private let ticket: WorkTicket
    private let cache: (any VectorCache)?
    private let clock = ContinuousClock()

    init(tokensPerBatch: Int, ticket: WorkTicket, cache: (any VectorCache)?) {
        state = Mutex(State(queue: BatchQueue(tokensPerBatch: tokensPerBatch)))
        self.ticket = ticket
        self.cache = cache
    }

    /// The vectors of `texts` (at least one) in their order.
    func embed(_ texts: [String], with backend: any EmbeddingBackend) async throws -> Answer {
        let costs = texts.map(backend.estimatedTokens)
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    // Looked at under the lock that `onCancel` takes, so that one of the two sees the other.
                    if Task.isCancelled { return true }
                    state.requests[id] = Request(
                        backend: backend, texts: texts, enqueued: clock.now,
                        answers: .init(repeating: nil, count: texts.count),
                        missing: texts.count, continuation: continuation)
                    start(state.queue.enqueue(id, group: backend.fingerprint, costs: costs), &state)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            fail([id], with: CancellationError())
        }
    }

    /// Starts the batch that `action` names, if it does; one that runs goes on.
    private func start(_ action: BatchQueue.Action, _ state: inout State) {
        guard case .run(let items) = action, let first = items.first,
            let backend = state.requests[first.request]?.backend
        else { return }
        let now = clock.now
        var texts: [String] = []
        for item in items {
            texts.append(state.requests[item.request]?.texts[item.index] ?? "")
            if state.requests[item.request]?.started == nil { state.requests[item.request]?.started = now }
        }
        state.batch = Task { [texts] in await self.run(items, texts, backend) }
    }

    private func run(_ items: [BatchQueue.Item], _ texts: [String], _ backend: any EmbeddingBackend) async {
        do {
            let answers = try await backend.embed(texts, ticket: ticket)
            guard answers.count == texts.count else { throw WrongCount() }
            await cache?.store(
                zip(texts, answers).map { (VectorCacheKey(fingerprint: backend.fingerprint, text: $0), $1) })
            deliver(zip(items, answers))
        } catch {
            fail(Set(items.map(\.request)), with: error)
        }
        state.withLock { state in
            state.batch = nil
            start(state.queue.finish(), &state)
        }
    }

    private func deliver(_ answers: some Sequence<(BatchQueue.Item, EmbeddedText)>) {
        let finished = state.withLock { state in
            var finished: [Request] = []
            for (item, answer) in answers {
                // Whoever left no longer has an entry.
                state.requests[item.request]?.answers[item.index] = answer
                state.requests[item.request]?.missing -= 1
                if state.requests[item.request]?.missing == 0,
                    let request = state.requests.removeValue(forKey: item.request)
                {
                    finished.append(request)
                }
            }
            return finished
        }
        for request in finished {
            request.continuation.resume(
                returning: Answer(
                    texts: request.answers.compactMap(\.self),
                    waited: request.enqueued.duration(to: request.started ?? request.enqueued)))
        }
    }

    private func fail(_ ids: Set<BatchQueue.RequestID>, with error: any Error) {
        let (failed, batch): ([Request], Task<Void, Never>?) = state.withLock { state in
            var isAbandoned = false
            for id in ids where state.queue.remove(id) { isAbandoned = true }
            return (ids.compactMap { state.requests.removeValue(forKey: $0) }, isAbandoned ? state.batch : nil)
        }
        batch?.cancel()
        for request in failed { request.continuation.resume(throwing: error) }
    }

    private struct WrongCount: Error {}
}

extension BatchRunner {
    /// Texts that wait for the next batch.
    var waitingCount: Int { state.withLock { $0.queue.waitingCount } }
}
