import Testing

@testable import Embeddings

/// `#expect` cannot call mutating functions.
private final class QueueBox {
    private var queue: BatchQueue
    init(tokensPerBatch: Int) { queue = BatchQueue(tokensPerBatch: tokensPerBatch) }
    var waitingCount: Int { queue.waitingCount }
    func enqueue(_ id: UInt64, group: String, lengths: [Int]) -> BatchQueue.Action {
        queue.enqueue(id, group: group, lengths: lengths)
    }
    func finish() -> BatchQueue.Action { queue.finish() }
    func remove(_ id: UInt64) -> Bool { queue.remove(id) }
}

@Suite(.timeLimit(.minutes(5))) struct BatchQueueTests {
    private func items(_ pairs: (UInt64, Int)...) -> BatchQueue.Action {
        .run(pairs.map { BatchQueue.Item(request: $0.0, index: $0.1) })
    }

    @Test func anIdleQueueRunsAtOnceShortestTextsFirst() {
        let queue = QueueBox(tokensPerBatch: 100)
        #expect(queue.enqueue(1, group: "a", lengths: [12, 10, 11]) == items((1, 1), (1, 2), (1, 0)))
        #expect(queue.waitingCount == 0)
        #expect(queue.finish() == .none)
    }

    @Test func aBatchKeepsToItsBudgetButTakesALongerTextAlone() {
        let queue = QueueBox(tokensPerBatch: 50)
        #expect(queue.enqueue(1, group: "a", lengths: [30, 30, 400]) == items((1, 0)))
        #expect(queue.finish() == items((1, 1)))
        #expect(queue.finish() == items((1, 2)))
        #expect(queue.finish() == .none)
    }

    @Test func requestsThatArriveDuringARunAreServedTogetherInTurn() {
        let queue = QueueBox(tokensPerBatch: 40)
        #expect(
            queue.enqueue(1, group: "a", lengths: [10, 10, 10, 10, 10, 10]) == items((1, 0), (1, 1), (1, 2), (1, 3)))
        #expect(queue.enqueue(2, group: "a", lengths: [10]) == .none)
        #expect(queue.enqueue(3, group: "a", lengths: [10, 10]) == .none)
        #expect(queue.finish() == items((2, 0), (3, 0), (1, 4), (3, 1)))
        #expect(queue.finish() == items((1, 5)))
    }

    @Test func modelsDoNotShareABatchAndNoneStarves() {
        let queue = QueueBox(tokensPerBatch: 10)
        #expect(queue.enqueue(1, group: "a", lengths: [10, 10]) == items((1, 0)))
        #expect(queue.enqueue(2, group: "b", lengths: [1]) == .none)
        #expect(queue.finish() == items((2, 0)))
        #expect(queue.finish() == items((1, 1)))
    }

    @Test func onlyTheLastRequestThatLeavesStopsABatch() {
        let queue = QueueBox(tokensPerBatch: 10)
        #expect(queue.enqueue(1, group: "a", lengths: [10, 10]) == items((1, 0)))
        #expect(queue.enqueue(2, group: "a", lengths: [5]) == .none)
        #expect(queue.enqueue(3, group: "a", lengths: [5]) == .none)
        #expect(queue.remove(1))
        #expect(queue.finish() == items((2, 0), (3, 0)))
        #expect(!queue.remove(2))
        #expect(!queue.remove(2))
        #expect(queue.remove(3))
        #expect(queue.finish() == .none)
    }

    @Test func textsOfOtherLengthsWaitRatherThanBePadded() {
        let queue = QueueBox(tokensPerBatch: 1024)
        #expect(queue.enqueue(1, group: "a", lengths: [5, 200, 5]) == items((1, 0), (1, 2)))
        #expect(queue.enqueue(2, group: "a", lengths: [5]) == .none)
        #expect(queue.enqueue(3, group: "a", lengths: [190]) == .none)
        #expect(queue.finish() == items((2, 0)))
        #expect(queue.finish() == items((3, 0), (1, 1)))
        #expect(queue.finish() == .none)
    }

    @Test func whatABatchIsPaddedToKeepsToTheBudget() {
        let queue = QueueBox(tokensPerBatch: 40)
        #expect(queue.enqueue(1, group: "a", lengths: [8, 9, 10, 11, 12]) == items((1, 0), (1, 1), (1, 2)))
        #expect(queue.finish() == items((1, 3), (1, 4)))
    }

    @Test func noStreamOfNewcomersKeepsALongTextWaiting() {
        let queue = QueueBox(tokensPerBatch: 20)
        _ = queue.enqueue(1, group: "a", lengths: [1])
        _ = queue.enqueue(2, group: "a", lengths: [500])
        for id in 3...50 { _ = queue.enqueue(UInt64(id), group: "a", lengths: [1]) }
        #expect(queue.finish() == items((2, 0)))
    }
}
