import Testing

@testable import WorkScheduling

/// `#expect` cannot call mutating functions.
private final class QueueBox {
    private var queue: AdmissionQueue
    var now = Duration.zero

    init(places: Int, maxQueued: Int) { queue = AdmissionQueue(places: places, maxQueued: maxQueued) }

    var counts: [Int] { [queue.running, queue.queued] }
    func arrive(_ id: UInt64, _ lane: Urgency = .interactive) -> Bool { queue.arrive(id, lane, now: now) }
    func enter(_ id: UInt64, _ lane: Urgency = .interactive) -> AdmissionQueue.Answer {
        queue.enter(id, lane, now: now)
    }
    /// Arrives and enters at once.
    func come(_ id: UInt64, _ lane: Urgency = .interactive) -> AdmissionQueue.Answer {
        arrive(id, lane) ? enter(id, lane) : .refused
    }
    func pass(_ id: UInt64) -> AdmissionQueue.Step { queue.demote(id, now: now) }
    func leave(_ id: UInt64) -> UInt64? { queue.leave(id, now: now) }
    func cancel(_ id: UInt64) -> Bool { queue.cancel(id) }
    func hasRoom(_ lane: Urgency) -> Bool { queue.hasRoom(lane) }
    func retryAfter(_ lane: Urgency) -> Duration { queue.retryAfter(lane, now: now) }
}

@Suite(.timeLimit(.minutes(5))) struct AdmissionQueueTests {
    private func step(_ answer: AdmissionQueue.Answer, _ next: UInt64? = nil) -> AdmissionQueue.Step {
        AdmissionQueue.Step(answer: answer, next: next)
    }

    @Test func whoeverPreparesHoldsNoPlaceAndKeepsNobodyWaiting() {
        let queue = QueueBox(places: 1, maxQueued: 2)
        for id in 1...2 as ClosedRange<UInt64> { #expect(queue.arrive(id)) }
        #expect(queue.counts == [0, 2])
        #expect(queue.come(3) == .runs)
        #expect(queue.leave(3) == nil)
        #expect(queue.enter(2) == .runs)
        #expect(queue.enter(1) == .waits)
        // Twice is once.
        #expect(queue.enter(2) == .runs)
        #expect(queue.leave(2) == 1)
        #expect(queue.leave(1) == nil)
        // One that leaves while it prepares leaves nothing behind.
        #expect(queue.arrive(4))
        #expect(queue.leave(4) == nil)
        #expect(queue.counts == [0, 0])
    }

    @Test func noMorePrepareForALaneThanCanRunAndWaitThere() {
        let queue = QueueBox(places: 1, maxQueued: 2)
        for id in 1...3 as ClosedRange<UInt64> { #expect(queue.arrive(id, .long)) }
        #expect(!queue.arrive(4, .long))
        // What is likely to be long keeps nobody else away.
        for id in 5...7 as ClosedRange<UInt64> { #expect(queue.arrive(id)) }
        #expect(!queue.arrive(8))
        #expect(queue.counts == [0, 6])
        // It may turn out not to be.
        #expect(queue.enter(1, .interactive) == .runs)
        #expect(queue.arrive(9, .long))
        #expect(queue.enter(5, .long) == .runs)
        #expect(queue.arrive(10))
        #expect(queue.counts == [2, 6])
    }

    @Test func whoeverPassesIntoTheLongLaneLeavesItsPlaceToTheNext() {
        let queue = QueueBox(places: 1, maxQueued: 8)
        #expect(queue.come(1) == .runs)
        #expect(queue.come(2) == .waits)
        #expect(queue.pass(1) == step(.runs, 2))
        #expect(queue.counts == [2, 0])
        // Once is enough.
        #expect(queue.pass(1) == step(.runs))
        #expect(queue.leave(2) == nil)
        #expect(queue.counts == [1, 0])
        #expect(queue.leave(1) == nil)
        #expect(queue.counts == [0, 0])
    }

    @Test(arguments: [true, false])
    func longWorkWaitsForALongPlaceByOrderOfArrivalHoldingNone(isKnown: Bool) {
        let queue = QueueBox(places: 1, maxQueued: 8)
        for id in 1...3 as ClosedRange<UInt64> {
            let answer: AdmissionQueue.Answer = id == 1 ? .runs : .waits
            if isKnown {
                #expect(queue.come(id, .long) == answer)
            } else {
                #expect(queue.come(id) == .runs)
                #expect(queue.pass(id) == step(answer))
            }
        }
        #expect(queue.counts == [1, 2])
        // The ordinary place is free, and no long work takes it.
        #expect(queue.come(4) == .runs)
        #expect(queue.leave(1) == 2)
        #expect(queue.leave(2) == 3)
        #expect(queue.counts == [2, 0])
    }

    @Test func eachLaneRefusesItsOwnNewcomersOnly() {
        let queue = QueueBox(places: 1, maxQueued: 2)
        for id in 1...3 as ClosedRange<UInt64> { #expect(queue.come(id, .long) != .refused) }
        #expect(!queue.hasRoom(.long) && queue.hasRoom(.interactive))
        #expect(queue.come(4, .long) == .refused)
        #expect(queue.come(5) == .runs)
        for id in 6...7 as ClosedRange<UInt64> { #expect(queue.come(id) == .waits) }
        #expect(!queue.hasRoom(.interactive))
        // Both are full.
        #expect(!queue.arrive(8))
        // Work that has begun is never refused, whatever the bound.
        #expect(queue.pass(5) == step(.waits, 6))
        #expect(queue.counts == [2, 4])
        #expect(queue.come(9) == .waits)
        #expect(queue.come(10, .long) == .refused)
    }

    @Test func withoutAQueueAFreePlaceIsStillGivenAway() {
        let queue = QueueBox(places: 1, maxQueued: 0)
        #expect(queue.come(1) == .runs)
        #expect(queue.come(2) == .refused)
        #expect(queue.pass(1) == step(.runs))
        #expect(queue.come(3) == .runs)
        #expect(queue.pass(3) == step(.waits))
        #expect(queue.come(4) == .runs)
        #expect(queue.come(5, .long) == .refused)
        #expect(queue.leave(1) == 3)
    }

    @Test func whoeverIsCancelledLeavesNothingBehindWhereverItWaits() {
        let queue = QueueBox(places: 1, maxQueued: 8)
        #expect(queue.come(1) == .runs)
        #expect(queue.pass(1) == step(.runs))
        #expect(queue.come(2) == .runs)
        #expect(queue.pass(2) == step(.waits))
        #expect(queue.come(3) == .runs)
        #expect(queue.come(4) == .waits)
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

    @Test func whoeverIsRefusedIsToldWhenAPlaceIsLikelyToBeFree() {
        let queue = QueueBox(places: 2, maxQueued: 0)
        for id in 1...2 as ClosedRange<UInt64> { #expect(queue.come(id, .long) == .runs) }
        for id in 3...4 as ClosedRange<UInt64> { #expect(queue.come(id) == .runs) }
        // Nothing is known yet.
        #expect(queue.retryAfter(.long) == .seconds(1))
        // The requests that run have run for so long.
        queue.now = .seconds(40)
        #expect(queue.retryAfter(.long) == .seconds(20))
        // So did the ones that have ended; the latest count most.
        #expect(queue.leave(3) == nil)
        #expect(queue.leave(4) == nil)
        queue.now = .seconds(44)
        #expect(queue.come(5) == .runs)
        #expect(queue.come(6) == .runs)
        queue.now = .seconds(48)
        #expect(queue.retryAfter(.interactive) == .seconds(20))
        #expect(queue.leave(5) == nil)
        #expect(queue.come(7) == .runs)
        #expect(queue.retryAfter(.interactive) == .seconds(15.5))
        // Nobody is sent away for hours.
        queue.now = .seconds(7200)
        #expect(queue.retryAfter(.long) == .seconds(300))
    }
}
