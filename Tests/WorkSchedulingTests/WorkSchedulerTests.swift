import BridgeSupport
import BridgeTesting
import Dispatch
import Testing

@testable import WorkScheduling

/// What a blocking body does and waits for, seen by a test.
private final class Stage: Sendable {
    let log = Watched<[String]>([])
    private let door = DispatchSemaphore(value: 0)

    func say(_ word: String) { log.update { $0.append(word) } }
    /// Waits until the test opens the door once.
    func halt() { door.wait() }
    func open() { door.signal() }
}

@Suite(.timeLimit(.minutes(1))) struct WorkSchedulerTests {
    private let scheduler = WorkScheduler(permits: 1)
    private let stage = Stage()

    @Test func theBodysResultAndErrorAreHandedOnAndThePermitTakenBack() async throws {
        struct Failure: Error {}
        #expect(try await scheduler.ticket(.bulk).withPermit { _ in 5 } == 5)
        await #expect(throws: Failure.self) { try await scheduler.ticket(.long).withPermit { _ in throw Failure() } }
        #expect(try await scheduler.ticket(.interactive).withPermit { _ in 6 } == 6)
        #expect(scheduler.computingCount == 0)
    }

    @Test func noMoreBodiesRunThanThereArePermitsAndAllRunInTheEnd() async throws {
        let scheduler = WorkScheduler(permits: 3)
        let (now, most) = (Watched(0), Watched(0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<90 {
                group.addTask {
                    try await scheduler.ticket(Urgency.allCases[index % 3]).withPermit { permit in
                        for _ in 0..<5 {
                            let count = now.update { count in
                                count += 1
                                return count
                            }
                            most.update { $0 = max($0, count) }
                            now.update { $0 -= 1 }
                            try permit.checkpoint()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(most.value <= 3 && scheduler.computingCount == 0)
    }

    @Test func aBodyStepsAsideWhileInteractiveWorkRunsAndThenGoesOn()
        async throws
    {
        async let long: Void = scheduler.ticket(.long).withPermit { [stage] permit in
            stage.say("long begins")
            stage.halt()
            try permit.checkpoint()
            stage.say("long goes on")
        }
        try await stage.log.wait { $0 == ["long begins"] }
        async let command: Void = scheduler.ticket(.interactive).withPermit { [stage] _ in stage.say("command") }
        try await waitUntil { scheduler.waitingCount == 1 }
        stage.open()
        _ = try await (long, command)
        #expect(stage.log.value == ["long begins", "command", "long goes on"])
    }

    @Test func aRunThatMayBeRepeatedIsEndedForInteractiveWorkAndRepeated()
        async throws
    {
        struct Ended: Error {}
        async let long: Int = scheduler.ticket(.long).withPermit { [stage] permit in
            var attempts = 0
            while true {
                attempts += 1
                let endRun = { @Sendable in stage.open() }
                do {
                    return try permit.during(mayRepeat: true, endRun: endRun) {
                        stage.say("run \(attempts)")
                        if attempts > 1 { return attempts }
                        stage.halt()
                        throw Ended()
                    }
                } catch is Ended {
                    try permit.checkpoint()
                }
            }
        }
        try await stage.log.wait { $0 == ["run 1"] }
        try await scheduler.ticket(.interactive).withPermit { [stage] _ in stage.say("command") }
        #expect(try await long == 2)
        #expect(stage.log.value == ["run 1", "command", "run 2"])
    }

    @Test func whatIsCancelledWhileItWaitsForAPermitIsGone() async throws {
        async let first: Void = scheduler.ticket(.interactive).withPermit { [stage] _ in
            stage.say("first")
            stage.halt()
        }
        try await stage.log.wait { !$0.isEmpty }
        let waiting = Task { try await scheduler.ticket(.bulk).withPermit { [stage] _ in stage.say("never") } }
        try await waitUntil { scheduler.waitingCount == 1 }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { try await scheduler.ticket(.long).withPermit { [stage] _ in stage.say("never") } }
                try await group.waitForAll()
            }
        }
        stage.open()
        try await first
        #expect(scheduler.computingCount == 0 && scheduler.knownCount == 0 && stage.log.value == ["first"])
    }

    @Test(arguments: 0...2)
    func aBodyCancelledWhileItComputesOrHasSteppedAsideEnds(state: Int) async throws {
        let work = Task {
            try await scheduler.ticket(.long).withPermit { [stage] permit in
                stage.say("begins")
                switch state {
                case 0:
                    stage.halt()
                    try permit.checkpoint()
                case 1:
                    try permit.during(mayRepeat: false, endRun: { stage.open() }) { stage.halt() }
                    try permit.checkpoint()
                default:
                    stage.halt()
                    try permit.checkpoint()
                }
                Issue.record("went on")
            }
        }
        try await stage.log.wait { !$0.isEmpty }
        if state == 2 {
            let other = Stage()
            async let command: Void = scheduler.ticket(.interactive).withPermit { _ in
                other.say("command")
                other.halt()
            }
            try await waitUntil { scheduler.waitingCount == 1 }
            stage.open()
            try await other.log.wait { !$0.isEmpty }
            work.cancel()
            await #expect(throws: CancellationError.self) { try await work.value }
            other.open()
            try await command
        } else {
            work.cancel()
            if state == 0 { stage.open() }
            await #expect(throws: CancellationError.self) { try await work.value }
        }
        #expect(scheduler.computingCount == 0)
        #expect(try await scheduler.ticket(.bulk).withPermit { _ in 7 } == 7)
    }

    @Test func aTicketIsDemotedOnceAndComputesAsWhatItHasBecome()
        async throws
    {
        let ticket = scheduler.ticket(.interactive)
        try await ticket.demote()
        try await ticket.demote()
        #expect(ticket.urgency == .long)
        let index = scheduler.ticket(.bulk)
        try await index.demote()
        #expect(index.urgency == .bulk)
        // Places are of the lane that it entered.
        let limiter = scheduler.admission(what: "test", maxConcurrent: 1, maxQueued: 1)
        try await limiter.withTicket(expecting: .long) { ticket in
            try await ticket.enter(.interactive)
            #expect(ticket.urgency == .interactive)
            try await ticket.demote()
            #expect(ticket.urgency == .long && limiter.snapshot == AdmissionLimiter.Snapshot(running: 1, queued: 0))
        }
    }

    @Test(arguments: [(60, Urgency.interactive), (60.001, .long)])
    func urgencyFollowsTheLengthOfTheWork(seconds: Double, urgency: Urgency) {
        #expect(Urgency(soundLasting: .seconds(seconds)) == urgency)
        #expect(Urgency(textCount: 32) == .interactive && Urgency(textCount: 33) == .bulk)
        #expect(Urgency(compressedBytes: 0) == .interactive && Urgency(compressedBytes: 1 << 20) == .long)
    }
}
