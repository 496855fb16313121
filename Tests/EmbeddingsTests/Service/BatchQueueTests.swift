import Testing

@testable import Embeddings

/// `#expect` cannot call mutating functions.
private final class QueueBox {
    private var queue: BatchQueue
    init(tokensPerBatch: Int) { queue = BatchQueue(tokensPerBatch: tokensPerBatch) }
    var waitingCount: Int { queue.waitingCount }
    func enqueue(_ id: UInt64, group: String, costs: [Int]) -> BatchQueue.Action {
        queue.enqueue(id, group: group, costs: costs)
    }
    func finish() -> BatchQueue.Action { queue.finish() }
    func remove(_ id: UInt64) -> Bool { queue.remove(id) }
}

@Suite("Batch queue", .timeLimit(.minutes(5))) struct BatchQueueTests {
    private func items(_ pairs: (UInt64, Int)...) -> BatchQueue.Action {
        .run(pairs.map { BatchQueue.Item(request: $0.0, index: $0.1) })
    }

    @Test("An idle queue runs at once, shortest texts first") func idle() {
        let queue = QueueBox(tokensPerBatch: 100)
        #expect(queue.enqueue(1, group: "a", costs: [30, 10, 20]) == items((1, 1), (1, 2), (1, 0)))
        #expect(queue.waitingCount == 0)
        #expect(queue.finish() == .none)
    }

    @Test("A batch keeps to its budget, but takes a longer text alone") func budget() {
        let queue = QueueBox(tokensPerBatch: 50)
        #expect(queue.enqueue(1, group: "a", costs: [30, 30, 400]) == items((1, 0)))
        #expect(queue.finish() == items((1, 1)))
        #expect(queue.finish() == items((1, 2)))
        #expect(queue.finish() == .none)
    }

    @Test("Requests that arrive during a run are served together, in turn") func turns() {
        let queue = QueueBox(tokensPerBatch: 40)
        #expect(queue.enqueue(1, group: "a", costs: [10, 10, 10, 10, 10, 10]) == items((1, 0), (1, 1), (1, 2), (1, 3)))
        #expect(queue.enqueue(2, group: "a", costs: [10]) == .none)
        #expect(queue.enqueue(3, group: "a", costs: [10, 10]) == .none)
        #expect(queue.finish() == items((2, 0), (3, 0), (1, 4), (3, 1)))
        #expect(queue.finish() == items((1, 5)))
    }

    @Test("Models do not share a batch, and none starves") func groups() {
        let queue = QueueBox(tokensPerBatch: 10)
        #expect(queue.enqueue(1, group: "a", costs: [10, 10]) == items((1, 0)))
        #expect(queue.enqueue(2, group: "b", costs: [1]) == .none)
        #expect(queue.finish() == items((2, 0)))
        #expect(queue.finish() == items((1, 1)))
    }

    @Test("Only the last request that leaves stops a batch") func removal() {
        let queue = QueueBox(tokensPerBatch: 10)
        #expect(queue.enqueue(1, group: "a", costs: [10, 10]) == items((1, 0)))
        #expect(queue.enqueue(2, group: "a", costs: [5]) == .none)
        #expect(queue.enqueue(3, group: "a", costs: [5]) == .none)
        #expect(queue.remove(1))
        #expect(queue.finish() == items((2, 0), (3, 0)))
        #expect(!queue.remove(2))
        #expect(!queue.remove(2))
        #expect(queue.remove(3))
        #expect(queue.finish() == .none)
    }
}
