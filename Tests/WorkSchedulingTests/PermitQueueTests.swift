import Testing

@testable import WorkScheduling

/// `#expect` cannot call mutating functions.
private final class QueueBox {
    private(set) var queue: PermitQueue
    var now = Duration.zero

    init(permits: Int = 1, bodies: Int = 16) {
        queue = PermitQueue(PermitQueue.Rules(permits: permits, bodies: bodies))
    }

    func enter(_ id: UInt64, _ urgency: Urgency) -> [PermitQueue.Action] { queue.enter(id, urgency, now: now) }
    func leave(_ id: UInt64) -> [PermitQueue.Action] { queue.leave(id, now: now) }
    func cancel(_ id: UInt64) -> [PermitQueue.Action]? { queue.cancel(id, now: now) }
    func begin(_ id: UInt64) -> Bool { queue.begin(id, now: now) }
    func end(_ id: UInt64) { queue.end(id) }
    /// What follows; nil where `id` goes on.
    func checkpoint(_ id: UInt64) -> [PermitQueue.Action]? {
        let (stepsAside, actions) = queue.checkpoint(id, now: now)
        return stepsAside ? actions : nil
    }
}

@Suite(.timeLimit(.minutes(1))) struct PermitQueueTests {
    @Test func noMoreRunThanThereArePermitsInteractiveWorkByOrderOfArrival() {
        let queue = QueueBox(permits: 2)
        #expect([1, 2, 3, 4].map { queue.enter($0, .interactive) } == [[.start(1)], [.start(2)], [], []])
        #expect([2, 1, 3, 4].map(queue.leave) == [[.start(3)], [.start(4)], [], []])
        #expect(queue.queue.running.isEmpty)
        // Without sense, one.
        #expect(QueueBox(permits: 0).enter(1, .bulk) == [.start(1)])
    }

    @Test func interactiveGoesBeforeLongAndLongBeforeBulkWork() {
        let queue = QueueBox()
        #expect(queue.enter(0, .interactive) == [.start(0)])
        for (id, urgency) in [(1, Urgency.bulk), (2, .long), (3, .interactive), (4, .bulk), (5, .long)] {
            #expect(queue.enter(UInt64(id), urgency) == [])
        }
        #expect([0, 3, 2, 5, 1].map(queue.leave) == [[.start(3)], [.start(2)], [.start(5)], [.start(1)], [.start(4)]])
    }

    @Test func longWorkStepsAsideAtACheckpointAndGoesOnWhenNobodyWaits() {
        let queue = QueueBox()
        #expect(queue.enter(1, .long) == [.start(1)])
        #expect(queue.checkpoint(1) == nil)
        #expect(queue.enter(2, .interactive) == [])
        #expect(queue.checkpoint(1) == [.start(2)])
        // Interactive work never does.
        #expect(queue.enter(3, .interactive) == [])
        #expect(queue.checkpoint(2) == nil)
        #expect(queue.leave(2) == [.start(3)])
        #expect(queue.leave(3) == [.start(1)])
    }

    @Test func longWorkDoesNotComputeBesideInteractiveWorkThoughThereIsAPermit() {
        let queue = QueueBox(permits: 3)
        #expect(queue.enter(1, .long) == [.start(1)])
        #expect(queue.enter(2, .bulk) == [.start(2)])
        #expect(queue.enter(3, .interactive) == [.start(3)])
        #expect(queue.checkpoint(1) == [] && queue.checkpoint(2) == [])
        #expect(queue.enter(4, .long) == [])
        #expect(queue.leave(3) == [.start(1), .start(4), .start(2)])
    }

    @Test func ofTwoRunsThatWereEndedOftenEnoughOneGoesToItsEnd() {
        let queue = QueueBox(permits: 2)
        #expect(queue.enter(1, .long) == [.start(1)])
        #expect(queue.enter(2, .long) == [.start(2)])
        for command in 3...4 as ClosedRange<UInt64> {
            #expect(queue.begin(1) && queue.begin(2))
            #expect(queue.enter(command, .interactive) == [.endRun(1), .endRun(2)])
            #expect(queue.checkpoint(1) == [.start(command)])
            #expect(queue.checkpoint(2) == [])
            #expect(queue.leave(command) == [.start(1), .start(2)])
        }
        #expect(queue.begin(1) && queue.begin(2))
        #expect(queue.enter(5, .interactive) == [.endRun(2)])
        #expect(queue.checkpoint(2) == [.start(5)])
    }

    @Test func aRunThatCannotStepAsideIsEndedAndRepeatedButNotForEver() {
        let queue = QueueBox()
        #expect(queue.enter(1, .long) == [.start(1)])
        for command in 2...3 as ClosedRange<UInt64> {
            #expect(queue.begin(1))
            #expect(queue.enter(command, .interactive) == [.endRun(1)])
            // It is told once, and does not begin anew before it has stepped aside.
            #expect(!queue.begin(1))
            #expect(queue.enter(command + 10, .interactive) == [])
            #expect(queue.checkpoint(1) == [.start(command)])
            #expect(queue.leave(command) == [.start(command + 10)])
            #expect(queue.leave(command + 10) == [.start(1)])
        }
        #expect(queue.begin(1))
        #expect(queue.enter(4, .interactive) == [])
        queue.end(1)
        #expect(queue.checkpoint(1) == [.start(4)])
        #expect(queue.leave(4) == [.start(1)])
        // The next run counts anew.
        #expect(queue.begin(1))
        #expect(queue.enter(5, .interactive) == [.endRun(1)])
    }

    @Test func runsAreEndedForInteractiveWorkAlone() {
        let queue = QueueBox(permits: 2)
        #expect(queue.enter(1, .bulk) == [.start(1)])
        #expect(queue.begin(1))
        #expect(queue.enter(2, .long) == [.start(2)])
        #expect(queue.enter(3, .long) == [])
        queue.now = .seconds(10)
        #expect(queue.checkpoint(2) == [.start(3)])
        #expect(queue.enter(4, .interactive) == [.endRun(1)])
        #expect(queue.leave(3) == [.start(4)])
    }

    @Test func whatHasWaitedLongGetsATurnAmongInteractiveWorkOneAtATime() {
        let queue = QueueBox(permits: 2)
        #expect(queue.enter(1, .interactive) == [.start(1)])
        #expect(queue.enter(2, .bulk) == [] && queue.enter(3, .long) == [])
        queue.now = .seconds(1.9)
        #expect(queue.enter(4, .interactive) == [.start(4)])
        queue.now = .seconds(2)
        // By its own arrival: before work that came later.
        #expect(queue.enter(5, .interactive) == [])
        #expect(queue.leave(1) == [.start(2)])
        #expect(queue.begin(2))
        queue.now = .seconds(2.4)
        #expect(queue.enter(6, .interactive) == [] && queue.checkpoint(2) == nil)
        // The other permit stays with interactive work, though 3 has waited as long.
        #expect(queue.leave(4) == [.start(5)])
        queue.now = .seconds(2.5)
        // A run that began in the turn goes to its end.
        #expect(queue.leave(5) == [.start(6)])
        #expect(queue.checkpoint(2) == [])
        queue.now = .seconds(4.5)
        #expect(queue.enter(7, .interactive) == [.start(3)])
    }

    @Test func shortStepsOfWorkShareATurnUntilItIsOver() {
        let queue = QueueBox()
        #expect(queue.enter(1, .interactive) == [.start(1)] && queue.enter(2, .long) == [])
        queue.now = .seconds(2)
        #expect(queue.enter(3, .interactive) == [] && queue.leave(1) == [.start(2)])
        // Its next sentence comes with a permit of its own, and is not behind the work that waits.
        queue.now = .seconds(2.2)
        #expect(queue.leave(2) == [.start(3)])
        #expect(queue.enter(4, .long) == [] && queue.enter(5, .interactive) == [])
        queue.now = .seconds(2.4)
        #expect(queue.leave(3) == [.start(4)])
        queue.now = .seconds(2.5)
        #expect(queue.enter(6, .long) == [] && queue.leave(4) == [.start(5)])
    }

    @Test func whatHasWaitedForOtherLongWorkGoesBeforeNoCommand() {
        let queue = QueueBox()
        #expect(queue.enter(1, .long) == [.start(1)] && queue.enter(2, .long) == [])
        queue.now = .seconds(10)
        #expect(queue.enter(3, .interactive) == [])
        #expect(queue.checkpoint(1) == [.start(3)])
        queue.now = .seconds(11)
        #expect(queue.enter(4, .interactive) == [] && queue.leave(3) == [.start(4)])
        // Only what commands keep waiting themselves counts against them.
        queue.now = .seconds(12)
        #expect(queue.enter(5, .interactive) == [] && queue.leave(4) == [.start(2)])
    }

    @Test func amongLongWorkWhatHasWaitedGetsItsTurnAtACheckpoint() {
        let queue = QueueBox()
        #expect(queue.enter(1, .long) == [.start(1)])
        #expect(queue.enter(2, .bulk) == [])
        queue.now = .seconds(1.9)
        #expect(queue.checkpoint(1) == nil)
        queue.now = .seconds(2)
        #expect(queue.checkpoint(1) == [.start(2)])
        queue.now = .seconds(4)
        #expect(queue.checkpoint(2) == [.start(1)])
    }

    @Test func noMoreIsBegunThanThereAreThreadsAndWhatIsHalfwayCanGoOn() {
        let queue = QueueBox(permits: 2, bodies: 2)
        #expect(queue.enter(1, .long) == [.start(1)] && queue.enter(2, .long) == [.start(2)])
        #expect(queue.enter(3, .interactive) == [] && queue.enter(4, .long) == [])
        #expect(queue.checkpoint(1) == [.start(3)] && queue.checkpoint(2) == [])
        queue.now = .seconds(60)
        #expect(queue.leave(3) == [.start(1), .start(2)])
        #expect(queue.leave(1) == [.start(4)])
    }

    /// Thirty long texts once gave their permits to each other for ever.
    @Test func whatCannotBeginTakesNobodysPermit() {
        let queue = QueueBox(permits: 1, bodies: 2)
        #expect([1, 2, 3].map { queue.enter($0, .long) } == [[.start(1)], [], []])
        queue.now = .seconds(3)
        // The second begins in the place of the first, and works, though others have waited as long by then.
        #expect(queue.checkpoint(1) == [.start(2)])
        queue.now = .seconds(6)
        #expect(queue.begin(2))
        queue.end(2)
        #expect(queue.checkpoint(2) == [.start(1)])
        // The third has no thread, however long it waits.
        queue.now = .seconds(7)
        #expect(queue.begin(1))
        queue.end(1)
        #expect(queue.checkpoint(1) == nil)
        #expect(queue.leave(1) == [.start(3)])
    }

    @Test func whoeverIsCancelledLeavesNothingBehindInEveryState() {
        let queue = QueueBox()
        #expect(queue.enter(1, .long) == [.start(1)])
        #expect(queue.cancel(1) == nil)
        #expect(queue.enter(2, .interactive) == [] && queue.enter(3, .bulk) == [])
        #expect(queue.checkpoint(1) == [.start(2)])
        // Halfway, and before it began.
        #expect(queue.cancel(1) == [] && queue.cancel(1) == nil && queue.cancel(3) == [])
        #expect(queue.leave(1) == [] && queue.leave(2) == [])
        #expect(queue.queue.running.isEmpty && queue.queue.waiting.isEmpty)
        // The last interactive work that waits goes: what it held up goes on.
        #expect(queue.enter(4, .interactive) == [.start(4)])
        #expect(queue.enter(5, .interactive) == [] && queue.enter(6, .long) == [])
        #expect(queue.cancel(5) == [] && queue.leave(4) == [.start(6)])
    }

    /// Work comes, steps, begins runs and goes, at random.
    @Test(arguments: 1...3) func theQueueKeepsItsPromisesWhateverComes(permits: Int) {
        var random = SeededGenerator(seed: 7)
        let queue = QueueBox(permits: permits, bodies: 4)
        var urgencies: [UInt64: Urgency] = [:]
        for id in 0..<4000 as Range<UInt64> {
            queue.now += .milliseconds(Int.random(in: 0...100, using: &random))
            let running = queue.queue.running.keys.sorted()
            switch (Int.random(in: 0..<10, using: &random), running.randomElement(using: &random)) {
            case (0..<3, _), (_, nil):
                urgencies[id] = Urgency.allCases.randomElement(using: &random)
                _ = queue.enter(id, urgencies[id] ?? .bulk)
            case (3..<6, let one?): _ = queue.checkpoint(one)
            case (6, let one?): _ = queue.begin(one)
            case (7, let one?): queue.end(one)
            case (8, _):
                if let one = queue.queue.waiting.map(\.id).randomElement(using: &random) { _ = queue.cancel(one) }
            case (_, let one?): _ = queue.leave(one)
            }
            expectPromises(queue, permits: permits)
        }
    }

    private func expectPromises(_ box: QueueBox, permits: Int) {
        let (running, waiting) = (box.queue.running.values, box.queue.waiting)
        let halfway = waiting.filter { $0.hasBegun && $0.urgency != .interactive }.count
        let patient = running.filter { $0.urgency != .interactive }
        #expect(running.count <= permits)
        #expect(halfway + patient.count <= 4, "threads")
        #expect(patient.filter(\.hasTurn).count <= 1, "turns")
        #expect(waiting.allSatisfy { !$0.isEndable })
        #expect(running.count == permits || waiting.allSatisfy { $0.urgency != .interactive }, "a permit lies idle")
        guard waiting.contains(where: { $0.urgency == .interactive }) else { return }
        // Work that stands in the way of interactive work goes at the next checkpoint, but for one turn.
        let now = box.now
        let isOpen = box.queue.turnEnds.map { now < $0 } ?? false
        for entry in patient where !entry.hasTurn || !isOpen {
            var copy = box.queue
            #expect(copy.checkpoint(entry.id, now: now).stepsAside)
        }
    }
}

/// Small and good enough; the same numbers each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) | (state << 32)
    }
}
