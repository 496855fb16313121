import BridgeSupport
import Synchronization
import Tokenizers
import WorkScheduling

/// Runs the batches of a ``BatchQueue`` and gives every request its own answers.
///
/// On an idle queue a request runs its first batch in its own task: all texts in it are its own. Other batches belong to all requests in
/// them, so they run in separate tasks, which are kept, and cancelled when the last of these requests has left. A batch's results are
/// cached at once: a request that is cut off later has less to do the next time.
///
/// A text that several requests have at the same time is computed once, in the turn of the request that came first; see ``TextClaims``.
final class BatchRunner: Sendable {
    private struct Request {
        let backend: any EmbeddingBackend
        let keys: [VectorCacheKey]
        let texts: [TokenizedText]
        let enqueued: Duration
        /// Told of the batches that its texts are in.
        let meter: (any StageMeter)?
        var started: Duration?
        var answers: [EmbeddedText?]
        var missing: Int
        /// nil until its task waits.
        var continuation: CheckedContinuation<Answer, any Error>?
    }

    struct Answer: Sendable {
        var texts: [EmbeddedText]
        /// The wait until the first of its texts was computed.
        var waited: Duration
        /// When that was.
        var started: Duration
    }

    /// A backend for one batch: a caller that has been answered may let go of the model before the batch's task has ended, and that task
    /// must not be the last to hold it.
    private final class Loan: Sendable {
        private let backend: Mutex<(any EmbeddingBackend)?>

        init(_ backend: any EmbeddingBackend) { self.backend = Mutex(backend) }

        func take() -> (any EmbeddingBackend)? { backend.withLock { $0.take() } }
    }

    /// Texts of one or more requests that are computed together.
    private struct Batch: Sendable {
        let id: BatchQueue.BatchID
        let loan: Loan
        let items: [BatchQueue.Item]
        var keys: [VectorCacheKey] = []
        var texts: [TokenizedText] = []
        /// The meters of its requests: the task that it runs in knows at most one of them.
        var meter: JointStageMeter?
    }

    private typealias ID = BatchQueue.RequestID

    private struct State {
        var queue: BatchQueue
        var claims = TextClaims()
        var nextID: ID = 0
        var requests: [ID: Request] = [:]
        /// Results of requests that ended before their tasks waited.
        var outcomes: [ID: Result<Answer, any Error>] = [:]
        /// The tasks that run one batch after another, by the batch that each runs now; not that of a request that runs a batch itself.
        var tasks: [BatchQueue.BatchID: BatchTask] = [:]

        /// The batch that `action` names, which starts at `now`.
        mutating func batch(_ action: BatchQueue.Action, now: Duration) -> Batch? {
            guard case .run(let id, let items) = action, let first = items.first,
                let backend = requests[first.request]?.backend
            else { return nil }
            var batch = Batch(id: id, loan: Loan(backend), items: items)
            for item in items {
                guard let request = requests[item.request] else { continue }
                batch.keys.append(request.keys[item.index])
                batch.texts.append(request.texts[item.index])
                if request.started == nil { requests[item.request]?.started = now }
            }
            batch.meter = JointStageMeter(Set(items.map(\.request)).compactMap { requests[$0]?.meter })
            return batch
        }

        /// Queues these texts of a request.
        mutating func enqueue(_ id: ID, _ indices: Set<Int>) -> BatchQueue.Action {
            guard let request = requests[id] else { return .none }
            let lengths = request.texts.enumerated().map { indices.contains($0) ? $1.ids.count : nil }
            return queue.enqueue(id, group: request.backend.fingerprint, lengths: lengths)
        }

        /// Ends a request, unless it has left.
        ///
        /// - Returns: resumes the request's task if it is waiting; to be called once the lock is released.
        mutating func end(_ id: ID, _ outcome: Result<Answer, any Error>) -> (@Sendable () -> Void)? {
            guard let request = requests.removeValue(forKey: id) else { return nil }
            // A text that it inherited may have been computed before its turn came.
            for batch in queue.remove(id) { tasks[batch]?.cancel() }
            guard let continuation = request.continuation else {
                outcomes[id] = outcome
                return nil
            }
            return { continuation.resume(with: outcome) }
        }
    }

    private let state: Mutex<State>
    /// The ticket of all batches: the requests in them have places of their own.
    private let ticket: WorkTicket
    private let cache: (any VectorCache)?
    private let onBatch: @Sendable (_ texts: Int, _ tokens: Int) -> Void
    private let elapsed: @Sendable () -> Duration

    /// - Parameter tokensPerBatch: including padding; a longer text makes a batch of its own.
    init(
        tokensPerBatch: Int, ticket: WorkTicket, cache: (any VectorCache)?,
        clock: any Clock<Duration> = ContinuousClock(),
        onBatch: @escaping @Sendable (_ texts: Int, _ tokens: Int) -> Void = { _, _ in }
    ) {
        state = Mutex(State(queue: BatchQueue(tokensPerBatch: tokensPerBatch)))
        self.ticket = ticket
        self.cache = cache
        self.onBatch = onBatch
        elapsed = clock.stopwatch()
    }

    /// The number of texts that wait for the next batch.
    var waitingCount: Int { state.withLock { $0.queue.waitingCount } }

    /// The number of requests that have no answer yet, including those whose texts are computed for another request.
    var requestCount: Int { state.withLock { $0.requests.count } }

    /// Whether nobody waits for anything.
    var isIdle: Bool { state.withLock { $0.requests.isEmpty && $0.claims.isEmpty && $0.outcomes.isEmpty } }

    /// The vectors of the texts of `keys` (at least one), all of `backend`, in their order.
    ///
    /// A text is tokenised before it waits, so that a slow one does not delay a batch of others.
    func embed(_ keys: [VectorCacheKey], with backend: any EmbeddingBackend) async throws -> Answer {
        let texts = try await Stage.tokenize.measure { try await backend.tokenized(keys.map(\.text)) }
        let (id, batch, begin) = state.withLock { state -> (ID, Batch?, Beginning?) in
            state.nextID += 1
            let id = state.nextID
            state.requests[id] = Request(
                backend: backend, keys: keys, texts: texts, enqueued: elapsed(), meter: Stage.meter,
                answers: .init(repeating: nil, count: texts.count), missing: texts.count)
            let own = keys.indices.filter { state.claims.add(.init(request: id, index: $0), on: keys[$0]) }
            let batch = state.batch(state.enqueue(id, Set(own)), now: elapsed())
            guard let batch, batch.items.contains(where: { $0.request != id }) else { return (id, batch, nil) }
            return (id, nil, beginning(batch, &state))
        }
        begin?()
        return try await withTaskCancellationHandler {
            if let batch {
                await run(batch)
                state.withLock { beginning($0.queue.finish(batch.id), &$0) }?()
            }
            let answer = try await answer(to: id)
            Stage.queue.tell(answer.waited, endedAgo: elapsed() - answer.started)
            return answer
        } onCancel: {
            fail([id], with: CancellationError())
        }
    }

    /// Waits until the request `id` has ended.
    private func answer(to id: ID) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = state.withLock { state in
                let outcome = state.outcomes.removeValue(forKey: id)
                if outcome == nil { state.requests[id]?.continuation = continuation }
                return outcome
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    /// Begins a task; to be called once the lock is released.
    private typealias Beginning = @Sendable () -> Void

    /// A task for the batch that `action` names, if any.
    private func beginning(_ action: BatchQueue.Action, _ state: inout State) -> Beginning? {
        state.batch(action, now: elapsed()).map { beginning($0, &state) }
    }

    /// A task that belongs to the queue and to none of the requests in the batch, as any of them may leave; it ends when no batch is left.
    private func beginning(_ batch: Batch, _ state: inout State) -> Beginning {
        let task = BatchTask()
        state.tasks[batch.id] = task
        return { task.begin { await self.runAll(from: batch) } }
    }

    /// Runs `first`, and then the waiting batches.
    private func runAll(from first: Batch) async {
        var batch: Batch? = first
        while let running = batch {
            await run(running)
            let (next, begin) = state.withLock { state -> (Batch?, Beginning?) in
                let task = state.tasks.removeValue(forKey: running.id)
                guard let next = state.batch(state.queue.finish(running.id), now: elapsed()) else { return (nil, nil) }
                // The departing request had this task cancelled, and the batches of others need a task that is not.
                guard let task, !task.isCancelled else { return (nil, beginning(next, &state)) }
                state.tasks[next.id] = task
                return (next, nil)
            }
            begin?()
            batch = next
        }
    }

    private func run(_ batch: Batch) async {
        await Stage.$meter.withValue(batch.meter) { await compute(batch) }
    }

    private func compute(_ batch: Batch) async {
        onBatch(batch.texts.count, batch.texts.reduce(0) { $0 + $1.ids.count })
        do {
            let vectors = try await vectors(of: batch)
            guard vectors.count == batch.texts.count else { throw WrongCount() }
            let answers = zip(batch.texts, vectors).map {
                EmbeddedText(vector: $1, tokenCount: $0.ids.count, truncated: $0.truncated)
            }
            await cache?.store(zip(batch.keys, answers).map { ($0, $1) })
            deliver(zip(batch.keys, answers))
        } catch {
            fail(batch, with: error)
        }
    }

    /// The model is given back before this returns.
    private func vectors(of batch: Batch) async throws -> [[Float]] {
        let (ids, id) = (batch.texts.map(\.ids), batch.id)
        return try await batch.loan.take()?
            .vectors(of: ids, ticket: ticket) {
                self.state.withLock { self.beginning($0.queue.freeCore(of: id), &$0) }?()
            } ?? []
    }

    private func deliver(_ answers: some Sequence<(VectorCacheKey, EmbeddedText)>) {
        let wakeUps = state.withLock { state in
            var wakeUps: [@Sendable () -> Void] = []
            // Nobody claims a text any more whose requests have all left.
            for (key, answer) in answers {
                for item in state.claims.settle(key) {
                    state.requests[item.request]?.answers[item.index] = answer
                    state.requests[item.request]?.missing -= 1
                    guard let request = state.requests[item.request], request.missing == 0 else { continue }
                    let started = request.started ?? request.enqueued
                    let whole = Answer(
                        texts: request.answers.compactMap(\.self), waited: started - request.enqueued, started: started)
                    if let wakeUp = state.end(item.request, .success(whole)) { wakeUps.append(wakeUp) }
                }
            }
            return wakeUps
        }
        for wakeUp in wakeUps { wakeUp() }
    }

    private func fail(_ batch: Batch, with error: any Error) {
        var ids = Set(batch.items.map(\.request))
        // A batch that was ended because its requests have left says nothing of the texts: others that wait for them inherit them.
        if !(error is CancellationError) {
            ids.formUnion(
                state.withLock { state in batch.keys.flatMap { state.claims.waiting(for: $0).map(\.request) } })
        }
        fail(ids, with: error)
    }

    private func fail(_ ids: Set<ID>, with error: any Error) {
        let toCall = state.withLock { state in
            // Done under the lock, before the task can go on to a batch of others.
            for batch in ids.flatMap({ state.queue.remove($0) }) { state.tasks[batch]?.cancel() }
            let heirs = ids.flatMap { state.claims.leave($0, keys: state.requests[$0]?.keys ?? []) }
            let wakeUps = ids.compactMap { state.end($0, .failure(error)) }
            let others = Dictionary(grouping: heirs.filter { !ids.contains($0.request) }, by: \.request)
            return wakeUps
                + others.compactMap { id, items in
                    beginning(state.enqueue(id, Set(items.map(\.index))), &state)
                }
        }
        for call in toCall { call() }
    }

    private struct WrongCount: Error {}
}
