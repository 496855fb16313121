/// Decides which texts are computed together. A pure state machine: it names the batch to run, and its owner runs it.
///
/// One batch runs at a time, since one keeps all cores busy. Its texts keep to a budget of tokens, counted as if one run of the network
/// computed all of them, padded to the longest; ``CrowdSession`` may split a batch of four texts or more into several runs. Requests that
/// arrive meanwhile wait, and when the batch is done the next one takes texts of all of them in turn, so that no request waits for all the
/// texts of another. On an idle queue nothing waits: there is no delay to gather more. Where a batch ends on one core earlier than on
/// another, the next one begins beside it, if it has texts enough to be worth that.
///
/// States of a request, and what leads from one to the next:
/// - waiting: it has texts to hand out, the shortest first, so that neighbours in length meet;
/// - waiting → running, when its last text is in a batch;
/// - gone: from either state, when its texts have been computed, or by ``remove(_:)``.
///
/// States of a batch, of which there are two at most:
/// - running on all cores, by ``enqueue(_:group:lengths:)``, or by ``finish(_:)`` of another one;
/// - running on all cores → ending, by ``freeCore(of:)``: another one may run beside it;
/// - gone: from either state, by ``finish(_:)``.
struct BatchQueue {
    typealias RequestID = UInt64
    typealias BatchID = UInt64

    /// One text of a request.
    struct Item: Hashable {
        var request: RequestID
        /// Position among the texts of the request.
        var index: Int
    }

    /// What the owner must do next.
    enum Action: Equatable {
        case none
        /// Compute these, then call ``finish(_:)`` with the batch's id.
        case run(BatchID, [Item])
    }

    private struct Batch {
        /// The requests with texts in it that have not left.
        var requests: Set<RequestID>
        var isEnding = false
    }

    private struct Request {
        var id: RequestID
        /// Texts of different models never share a batch.
        var group: String
        /// Not handed out yet, longest first: taken from the end.
        var waiting: [(index: Int, length: Int)]
    }

    /// Fewer texts are not computed beside others: they are done sooner with all cores, which they soon get.
    private static let fewestBeside = 4

    private let tokensPerBatch: Int
    /// In order of arrival, except that requests that were served go behind the others.
    private var requests: [Request] = []
    private var running: [BatchID: Batch] = [:]
    private var newest: BatchID = 0

    init(tokensPerBatch: Int) { self.tokensPerBatch = max(1, tokensPerBatch) }

    /// The number of waiting texts.
    var waitingCount: Int { requests.reduce(0) { $0 + $1.waiting.count } }

    /// Takes in a request whose text i has `lengths[i]` tokens; nil where it leaves the text to another request. May be called again
    /// for the same request, with other texts.
    mutating func enqueue(_ id: RequestID, group: String, lengths: [Int?]) -> Action {
        let waiting = lengths.enumerated().compactMap { index, length in length.map { (index: index, length: $0) } }
            .sorted { ($0.length, $0.index) > ($1.length, $1.index) }
        if !waiting.isEmpty { requests.append(Request(id: id, group: group, waiting: waiting)) }
        return next()
    }

    /// A core has nothing left to do for this batch, while others still compute it.
    mutating func freeCore(of batch: BatchID) -> Action {
        running[batch]?.isEnding = true
        return next()
    }

    /// The batch has ended, successfully or not.
    mutating func finish(_ batch: BatchID) -> Action {
        let served = running.removeValue(forKey: batch)?.requests ?? []
        // Requests that came while others were served go first.
        requests = requests.filter { !served.contains($0.id) } + requests.filter { served.contains($0.id) }
        return next()
    }

    /// Forgets a request that failed or was cancelled.
    ///
    /// - Returns: the batches for which no other request waits, so that they should be stopped. They still have to be finished with
    ///   ``finish(_:)``.
    mutating func remove(_ id: RequestID) -> [BatchID] {
        requests.removeAll { $0.id == id }
        return running.keys.filter { batch in
            running[batch]?.requests.remove(id) != nil && running[batch]?.requests.isEmpty == true
        }
    }

    private func waitingCount(of group: String) -> Int {
        requests.reduce(0) { $0 + ($1.group == group ? $1.waiting.count : 0) }
    }

    private mutating func next() -> Action {
        guard running.count < 2, running.values.allSatisfy(\.isEnding), let group = requests.first?.group,
            running.isEmpty || waitingCount(of: group) >= Self.fewestBeside
        else { return .none }
        var items: [Item] = []
        var size = PaddedSize()
        // Takes the shortest text of each request, round after round, until none fits: a request's other texts are longer still.
        var turn = requests.indices.filter { requests[$0].group == group }
        while !turn.isEmpty {
            turn = turn.filter { position in
                guard let text = requests[position].waiting.last, size.add(text.length, budget: tokensPerBatch) else {
                    return false
                }
                requests[position].waiting.removeLast()
                items.append(Item(request: requests[position].id, index: text.index))
                return true
            }
        }
        requests.removeAll { $0.waiting.isEmpty }
        newest += 1
        running[newest] = Batch(requests: Set(items.map(\.request)))
        return .run(newest, items)
    }
}

/// The cost of a batch as one run of the network: all its texts are padded to the longest.
private struct PaddedSize {
    /// Padding that costs no more than a separate run would, whatever it contains.
    private static let tokensOfARun = 16

    private var count = 0
    private var longest = 0

    /// Takes a text in if it fits; the first one always does.
    mutating func add(_ length: Int, budget: Int) -> Bool {
        let padding = length > longest ? count * (length - longest) : longest - length
        let fits = (count + 1) * max(longest, length) <= budget && padding <= Self.tokensOfARun
        guard count == 0 || fits else { return false }
        count += 1
        longest = max(longest, length)
        return true
    }
}
