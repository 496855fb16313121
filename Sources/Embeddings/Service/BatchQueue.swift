/// Decides which texts are computed together. A pure state machine: it names the batch to run, its owner runs it.
///
/// One batch runs at a time, since one keeps all cores busy. What arrives meanwhile waits, and when the batch is done
/// the next one takes texts of all waiting requests in turn, so that no request waits for all the texts of another.
/// Nothing waits on an idle queue: there is no delay to gather more.
///
/// States of a request: waiting (has texts to hand out) → running (all handed out, answers missing) → gone (finished,
/// failed or cancelled).
struct BatchQueue {
    typealias RequestID = UInt64

    /// One text of a request.
    struct Item: Hashable {
        var request: RequestID
        /// Position among the texts of the request.
        var index: Int
    }

    /// What the owner must do next.
    enum Action: Equatable {
        case none
        /// Compute these, then call ``finish()``.
        case run([Item])
    }

    private struct Request {
        var id: RequestID
        /// Texts of different models never share a batch.
        var group: String
        /// Not yet handed out, longest first: taken from the end.
        var waiting: [(index: Int, cost: Int)]
    }

    private let tokensPerBatch: Int
    /// In order of arrival, but whoever was served goes behind those who were not.
    private var requests: [Request] = []
    /// The requests with texts in the batch that runs; nil when none runs.
    private var running: Set<RequestID>?

    init(tokensPerBatch: Int) { self.tokensPerBatch = max(1, tokensPerBatch) }

    /// Texts that wait.
    var waitingCount: Int { requests.reduce(0) { $0 + $1.waiting.count } }

    /// Takes in a request whose text i costs `costs[i]` tokens.
    mutating func enqueue(_ id: RequestID, group: String, costs: [Int]) -> Action {
        let waiting = costs.enumerated().map { (index: $0.offset, cost: $0.element) }
            .sorted { ($0.cost, $0.index) > ($1.cost, $1.index) }
        if !waiting.isEmpty { requests.append(Request(id: id, group: group, waiting: waiting)) }
        return running == nil ? next() : .none
    }

    /// The batch that ran is done, well or not.
    mutating func finish() -> Action {
        let served = running ?? []
        running = nil
        // Whoever came while others were served goes first.
        requests = requests.filter { !served.contains($0.id) } + requests.filter { served.contains($0.id) }
        return next()
    }

    /// Forgets a request that failed or was cancelled.
    ///
    /// - Returns: Whether nobody else waits for the batch that runs, so that it should be stopped. It still has to be
    ///   finished with ``finish()``.
    mutating func remove(_ id: RequestID) -> Bool {
        requests.removeAll { $0.id == id }
        guard running?.remove(id) != nil else { return false }
        return running?.isEmpty ?? false
    }

    private mutating func next() -> Action {
        guard let group = requests.first?.group else { return .none }
        var batch: [Item] = []
        var tokens = 0
        // Round after round, one text of each request, until the budget is spent.
        var turn = requests.indices.filter { requests[$0].group == group }
        fill: while !turn.isEmpty {
            for position in turn {
                guard let text = requests[position].waiting.last else { continue }
                if !batch.isEmpty, tokens + text.cost > tokensPerBatch { break fill }
                requests[position].waiting.removeLast()
                batch.append(Item(request: requests[position].id, index: text.index))
                tokens += text.cost
            }
            turn.removeAll { requests[$0].waiting.isEmpty }
        }
        requests.removeAll { $0.waiting.isEmpty }
        running = Set(batch.map(\.request))
        return .run(batch)
    }
}
