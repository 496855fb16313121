import Testing

@testable import BridgeSupport

/// `#expect` cannot call mutating functions.
private final class QueueBox {
    private var queue: AdmissionQueue
    init(places: Int, maxQueued: Int) { queue = AdmissionQueue(places: places, maxQueued: maxQueued) }
    var counts: [Int] { [queue.running, queue.queued] }
    func arrive(_ id: UInt64) -> AdmissionQueue.Answer { queue.arrive(id).answer }
    func pass(_ id: UInt64) -> AdmissionQueue.Step { queue.passIntoLongLane(id) }
    func leave(_ id: UInt64) -> UInt64? { queue.leave(id) }
    func cancel(_ id: UInt64) -> Bool { queue.cancel(id) }
}

@Suite("Admission queue") struct AdmissionQueueTests {
    private func step(_ answer: AdmissionQueue.Answer, _ next: UInt64? = nil) -> AdmissionQueue.Step {
        AdmissionQueue.Step(answer: answer, next: next)
    }

    @Test("Whoever passes into the long lane leaves its place to the next") func passing() {
        let queue = QueueBox(places: 1, maxQueued: 8)
        #expect(queue.arrive(1) == .runs)
        #expect(queue.arrive(2) == .waits)
        #expect(queue.pass(1) == step(.runs, 2))
        #expect(queue.counts == [2, 0])
        // Once is enough.
        #expect(queue.pass(1) == step(.runs))
        #expect(queue.leave(2) == nil)
        #expect(queue.counts == [1, 0])
        #expect(queue.leave(1) == nil)
        #expect(queue.counts == [0, 0])
    }

    @Test("Long work waits for a long place by order of arrival, and holds none meanwhile") func waiting() {
        let queue = QueueBox(places: 1, maxQueued: 8)
        for id in 1...3 as ClosedRange<UInt64> {
            #expect(queue.arrive(id) == .runs)
            #expect(queue.pass(id) == step(id == 1 ? .runs : .waits))
        }
        #expect(queue.counts == [1, 2])
        // The ordinary place is free, and no long work takes it.
        #expect(queue.arrive(4) == .runs)
        #expect(queue.leave(1) == 2)
        #expect(queue.leave(2) == 3)
        #expect(queue.counts == [2, 0])
    }

    @Test("Newcomers are refused when the waiting of both lanes reaches the bound") func bound() {
        let queue = QueueBox(places: 1, maxQueued: 2)
        for id in 1...2 as ClosedRange<UInt64> {
            #expect(queue.arrive(id) == .runs)
            _ = queue.pass(id)
        }
        #expect(queue.arrive(3) == .runs)
        #expect(queue.arrive(4) == .waits)
        #expect(queue.arrive(5) == .refused)
        // Who has begun never is, whatever the bound.
        #expect(queue.pass(3) == step(.waits, 4))
        #expect(queue.pass(4) == step(.waits))
        #expect(queue.counts == [1, 3])
        // A place is free, but too many wait already.
        #expect(queue.arrive(6) == .refused)
        #expect(queue.leave(1) == 2)
        #expect(queue.leave(2) == 3)
        #expect(queue.arrive(7) == .runs)
    }

    @Test("Without a queue, a free place is still given away") func noQueue() {
        let queue = QueueBox(places: 1, maxQueued: 0)
        #expect(queue.arrive(1) == .runs)
        #expect(queue.arrive(2) == .refused)
        #expect(queue.pass(1) == step(.runs))
        #expect(queue.arrive(3) == .runs)
        #expect(queue.pass(3) == step(.waits))
        #expect(queue.arrive(4) == .refused)
        #expect(queue.leave(1) == 3)
        #expect(queue.arrive(5) == .runs)
    }

    @Test("Whoever is cancelled leaves nothing behind, wherever it waits") func cancelling() {
        let queue = QueueBox(places: 1, maxQueued: 8)
        #expect(queue.arrive(1) == .runs)
        #expect(queue.pass(1) == step(.runs))
        #expect(queue.arrive(2) == .runs)
        #expect(queue.pass(2) == step(.waits))
        #expect(queue.arrive(3) == .runs)
        #expect(queue.arrive(4) == .waits)
        #expect(queue.cancel(2))
        #expect(queue.cancel(4))
        #expect(!queue.cancel(3))
        // Its body ends after that.
        #expect(queue.leave(2) == nil)
        #expect(queue.counts == [2, 0])
        #expect(queue.leave(3) == nil)
        #expect(queue.leave(1) == nil)
        #expect(queue.counts == [0, 0])
    }
}
