import Testing

@testable import Embeddings

/// `#expect` cannot call mutating functions. Batches are numbered from 1.
private final class QueueBox {
    private var queue: BatchQueue
    private(set) var running: [UInt64] = []

    init(tokensPerBatch: Int) { queue = BatchQueue(tokensPerBatch: tokensPerBatch) }

    var waitingCount: Int { queue.waitingCount }

    func enqueue(_ id: UInt64, group: String = "a", lengths: [Int]) -> [BatchQueue.Item] {
        begin(queue.enqueue(id, group: group, lengths: lengths))
    }

    func freeCore(of batch: UInt64) -> [BatchQueue.Item] { begin(queue.freeCore(of: batch)) }

    /// Ends the batch that has run longest, or another one.
    func finish(_ batch: UInt64? = nil) -> [BatchQueue.Item] {
        guard let batch = batch ?? running.first else { return [] }
        running.removeAll { $0 == batch }
        return begin(queue.finish(batch))
    }

    /// The batches to stop.
    func remove(_ id: UInt64) -> [UInt64] { queue.remove(id).sorted() }

    private func begin(_ action: BatchQueue.Action) -> [BatchQueue.Item] {
        guard case .run(let batch, let items) = action else { return [] }
        running.append(batch)
        return items
    }
}

@Suite(.timeLimit(.minutes(5))) struct BatchQueueTests {
    private func items(_ pairs: (UInt64, Int)...) -> [BatchQueue.Item] {
        pairs.map { BatchQueue.Item(request: $0.0, index: $0.1) }
    }

    @Test func anIdleQueueRunsAtOnceShortestTextsFirst() {
        let queue = QueueBox(tokensPerBatch: 100)
        #expect(queue.enqueue(1, lengths: [12, 10, 11]) == items((1, 1), (1, 2), (1, 0)))
        #expect(queue.waitingCount == 0)
        #expect(queue.finish() == [])
    }

    @Test func aBatchKeepsToItsBudgetButTakesALongerTextAlone() {
        let queue = QueueBox(tokensPerBatch: 50)
        #expect(queue.enqueue(1, lengths: [30, 30, 400]) == items((1, 0)))
        #expect(queue.finish() == items((1, 1)))
        #expect(queue.finish() == items((1, 2)))
        #expect(queue.finish() == [])
    }

    @Test func requestsThatArriveDuringARunAreServedTogetherInTurn() {
        let queue = QueueBox(tokensPerBatch: 40)
        #expect(
            queue.enqueue(1, lengths: [10, 10, 10, 10, 10, 10]) == items((1, 0), (1, 1), (1, 2), (1, 3)))
        #expect(queue.enqueue(2, lengths: [10]) == [])
        #expect(queue.enqueue(3, lengths: [10, 10]) == [])
        #expect(queue.finish() == items((2, 0), (3, 0), (1, 4), (3, 1)))
        #expect(queue.finish() == items((1, 5)))
    }

    @Test func modelsDoNotShareABatchAndNoneStarves() {
        let queue = QueueBox(tokensPerBatch: 10)
        #expect(queue.enqueue(1, lengths: [10, 10]) == items((1, 0)))
        #expect(queue.enqueue(2, group: "b", lengths: [1]) == [])
        #expect(queue.finish() == items((2, 0)))
        #expect(queue.finish() == items((1, 1)))
    }

    @Test func onlyTheLastRequestThatLeavesStopsABatch() {
        let queue = QueueBox(tokensPerBatch: 10)
        #expect(queue.enqueue(1, lengths: [10, 10]) == items((1, 0)))
        #expect(queue.enqueue(2, lengths: [5]) == [])
        #expect(queue.enqueue(3, lengths: [5]) == [])
        #expect(queue.remove(1) == [1])
        #expect(queue.finish() == items((2, 0), (3, 0)))
        #expect(queue.remove(2) == [])
        #expect(queue.remove(2) == [])
        #expect(queue.remove(3) == [2])
        #expect(queue.finish() == [])
    }

    @Test func textsOfOtherLengthsWaitRatherThanBePadded() {
        let queue = QueueBox(tokensPerBatch: 1024)
        #expect(queue.enqueue(1, lengths: [5, 200, 5]) == items((1, 0), (1, 2)))
        #expect(queue.enqueue(2, lengths: [5]) == [])
        #expect(queue.enqueue(3, lengths: [190]) == [])
        #expect(queue.finish() == items((2, 0)))
        #expect(queue.finish() == items((3, 0), (1, 1)))
        #expect(queue.finish() == [])
    }

    @Test func whatABatchIsPaddedToKeepsToTheBudget() {
        let queue = QueueBox(tokensPerBatch: 40)
        #expect(queue.enqueue(1, lengths: [8, 9, 10, 11, 12]) == items((1, 0), (1, 1), (1, 2)))
        #expect(queue.finish() == items((1, 3), (1, 4)))
    }

    @Test func noStreamOfNewcomersKeepsALongTextWaiting() {
        let queue = QueueBox(tokensPerBatch: 20)
        _ = queue.enqueue(1, lengths: [1])
        _ = queue.enqueue(2, lengths: [500])
        for id in 3...50 { _ = queue.enqueue(UInt64(id), lengths: [1]) }
        #expect(queue.finish() == items((2, 0)))
    }

    // MARK: Two batches

    /// A batch of one text, and as many texts in requests of one each that wait.
    private func queue(waiting: Int) -> QueueBox {
        let queue = QueueBox(tokensPerBatch: 1000)
        _ = queue.enqueue(1, lengths: [10])
        for id in 0..<waiting { #expect(queue.enqueue(UInt64(2 + id), lengths: [10]) == []) }
        return queue
    }

    @Test func aCrowdBeginsBesideABatchThatLeavesACoreFree() {
        let queue = queue(waiting: 4)
        #expect(queue.freeCore(of: 1) == items((2, 0), (3, 0), (4, 0), (5, 0)))
        #expect(queue.running == [1, 2])
        #expect(queue.finish(1) == [] && queue.finish(2) == [])
    }

    @Test func fewTextsWaitForAllCores() {
        let queue = queue(waiting: 2)
        #expect(queue.freeCore(of: 1) == [])
        #expect(queue.finish() == items((2, 0), (3, 0)))
    }

    @Test func aCrowdIsOfOneModel() {
        let queue = queue(waiting: 3)
        #expect(queue.enqueue(8, group: "b", lengths: [10, 10]) == [])
        #expect(queue.freeCore(of: 1) == [])
        #expect(queue.finish() == items((2, 0), (3, 0), (4, 0)))
    }

    @Test func theTextThatMakesACrowdBeginsIt() {
        let queue = queue(waiting: 2)
        #expect(queue.freeCore(of: 1) == [])
        #expect(queue.enqueue(8, lengths: [10, 10]) == items((2, 0), (3, 0), (8, 0), (8, 1)))
    }

    @Test func noMoreThanTwoBatchesRun() {
        let queue = queue(waiting: 4)
        #expect(queue.freeCore(of: 1).count == 4)
        #expect(queue.enqueue(8, lengths: [10, 10, 10, 10]) == [])
        #expect(queue.freeCore(of: 2) == [])
        #expect(queue.finish(1).count == 4)
        #expect(queue.running == [2, 3])
    }

    @Test func aBatchThatNeedsAllCoresKeepsThem() {
        let queue = queue(waiting: 4)
        #expect(queue.freeCore(of: 1).count == 4)
        #expect(queue.enqueue(8, lengths: [10, 10, 10, 10]) == [])
        #expect(queue.finish(1) == [], "the second batch has no core to spare yet")
        #expect(queue.freeCore(of: 2).count == 4)
    }

    @Test func whoeverLeavesStopsEachBatchThatIsNobodyElses() {
        let queue = QueueBox(tokensPerBatch: 40)
        #expect(queue.enqueue(1, lengths: [10, 10, 10, 10, 10, 10, 10, 10]).count == 4)
        #expect(queue.freeCore(of: 1).count == 4)
        #expect(queue.remove(1) == [1, 2])
        #expect(queue.finish() == [] && queue.finish() == [])
    }

    @Test func aCoreThatIsFreeTooLateChangesNothing() {
        let queue = queue(waiting: 4)
        #expect(queue.finish() == items((2, 0), (3, 0), (4, 0), (5, 0)))
        for id in 8..<12 { _ = queue.enqueue(UInt64(id), lengths: [10]) }
        #expect(queue.freeCore(of: 1) == [])
    }
}
