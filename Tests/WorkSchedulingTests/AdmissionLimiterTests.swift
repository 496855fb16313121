import BridgeSupport
import BridgeTesting
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(1)))
struct AdmissionLimiterTests {
    private func limiter(_ running: Int, _ queued: Int, clock: any Clock<Duration> = ContinuousClock())
        -> AdmissionLimiter
    {
        WorkScheduler(clock: clock).admission(what: "test", maxConcurrent: running, maxQueued: queued)
    }

    @Test
    func theResultAndTheErrorOfTheBodyAreHandedOn() async throws {
        struct Failure: Error {}
        let limiter = limiter(1, 0)
        #expect(try await limiter.withAdmission { _ in 7 } == 7)
        await #expect(throws: Failure.self) { try await limiter.withAdmission { _ in throw Failure() } }
        // A body that failed has left.
        #expect(try await limiter.withAdmission { _ in 8 } == 8)
        #expect(limiter.snapshot == AdmissionSnapshot(running: 0, queued: 0))
    }

    @Test
    func noMoreRunThanAllowedAndAllRunInTheEnd() async throws {
        let limiter = limiter(3, 100)
        let now = Watched(0)
        let most = Watched(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await limiter.withAdmission { _ in
                        let count = now.update { count in
                            count += 1
                            return count
                        }
                        most.update { $0 = max($0, count) }
                        await Task.yield()
                        now.update { $0 -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(most.value <= 3)
        #expect(limiter.snapshot == AdmissionSnapshot(running: 0, queued: 0))
    }

    @Test
    func aFullQueueRefusesAtOnceSayingWhenToComeBack() async throws {
        let limiter = limiter(1, 1)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try await limiter.withAdmission { _ in try await gate.pass() } } }
            try await settle(limiter.snapshot, running: 1, queued: 1, preparing: 0)
            let error = try await #require(throws: ServiceError.self) { try await limiter.withAdmission { _ in } }
            #expect(error.code == .overloaded)
            #expect(error.retryAfter != nil)
            #expect(error.message.contains("test"))
            gate.open()
            try await group.waitForAll()
        }
        try await limiter.withAdmission { _ in }
    }

    @Test
    func callersThatWaitAreLetInByOrderOfArrival() async throws {
        let limiter = limiter(1, 10)
        let gate = Gate()
        let order = Watched<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await limiter.withAdmission { _ in try await gate.pass() } }
            try await settle(limiter.snapshot, running: 1, queued: 0, preparing: 0)
            for number in 1...5 {
                group.addTask { try await limiter.withAdmission { _ in order.update { $0.append(number) } } }
                try await settle(limiter.snapshot, running: 1, queued: number, preparing: 0)
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.value == [1, 2, 3, 4, 5])
    }

    @Test
    func aCallerCancelledWhileItWaitsNeverRuns() async throws {
        let limiter = limiter(1, 2)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await limiter.withAdmission { _ in try await gate.pass() } }
            try await settle(limiter.snapshot, running: 1, queued: 0, preparing: 0)
            try await withThrowingTaskGroup(of: Void.self) { waiting in
                waiting.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await limiter.withAdmission { _ in Issue.record("ran") }
                    }
                }
                try await settle(limiter.snapshot, running: 1, queued: 1, preparing: 0)
                waiting.cancelAll()
            }
            #expect(limiter.snapshot == AdmissionSnapshot(running: 1, queued: 0))
            gate.open()
            try await group.waitForAll()
        }
        try await limiter.withAdmission { _ in }
    }

    @Test
    func aCallerThatWasCancelledBeforeItCameNeverRuns() async {
        let limiter = limiter(1, 1)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await limiter.withAdmission { _ in Issue.record("ran") }
                }
            }
        }
        #expect(limiter.snapshot == AdmissionSnapshot(running: 0, queued: 0))
    }

    @Test
    func theBodyIsToldHowLongItWaited() async throws {
        let clock = ManualClock()
        let limiter = limiter(1, 1, clock: clock)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await limiter.withAdmission { waited in
                    #expect(waited == .zero)
                    try await gate.pass()
                }
            }
            try await settle(limiter.snapshot, running: 1, queued: 0, preparing: 0)
            group.addTask { try await limiter.withAdmission { #expect($0 == .seconds(3)) } }
            try await settle(limiter.snapshot, running: 1, queued: 1, preparing: 0)
            clock.advance(by: .seconds(3))
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test
    func longWorkLeavesItsPlaceAndWaitsInItsOwnLane() async throws {
        let clock = ManualClock()
        let limiter = limiter(1, 8, clock: clock)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Duration.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await limiter.withTicket { ticket in
                        try await ticket.enter(.interactive)
                        try await ticket.demote()
                        try await gate.pass()
                        return ticket.waited
                    }
                }
                try await gate.arrivals(atLeast: 1)
            }
            try await settle(limiter.snapshot, running: 1, queued: 1, preparing: 0)
            #expect(try await limiter.withAdmission { _ in limiter.snapshot.running } == 2)
            clock.advance(by: .seconds(3))
            gate.open()
            var waited: [Duration] = []
            for try await time in group { waited.append(time) }
            #expect(waited == [.zero, .seconds(3)])
        }
        #expect(limiter.snapshot == AdmissionSnapshot(running: 0, queued: 0))
    }

    @Test func enteringAgainPromotesNothing() async throws {
        let limiter = limiter(1, 0)
        try await limiter.withTicket { ticket in
            try await ticket.enter(.interactive)
            try await ticket.demote()
            try await ticket.enter(.interactive)
            #expect(ticket.urgency == .long)
        }
    }

    @Test
    func aCallerCancelledOnItsWayToTheLongLaneLeavesNoPlaceTaken() async throws {
        let limiter = limiter(1, 8)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await limiter.withTicket { ticket in
                    try await ticket.enter(.interactive)
                    try await ticket.demote()
                    try await gate.pass()
                }
            }
            try await gate.arrivals(atLeast: 1)
            try await withThrowingTaskGroup(of: Void.self) { waiting in
                waiting.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await limiter.withTicket { ticket in
                            try await ticket.enter(.interactive)
                            try await ticket.demote()
                            Issue.record("passed")
                        }
                    }
                }
                try await settle(limiter.snapshot, running: 1, queued: 1, preparing: 0)
                waiting.cancelAll()
            }
            #expect(limiter.snapshot == AdmissionSnapshot(running: 1, queued: 0))
            await withTaskGroup(of: Void.self) { running in
                running.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await limiter.withTicket { ticket in
                            try await ticket.enter(.interactive)
                            withUnsafeCurrentTask { $0?.cancel() }
                            try await ticket.demote()
                        }
                    }
                }
            }
            #expect(limiter.snapshot == AdmissionSnapshot(running: 1, queued: 0))
            gate.open()
            try await group.waitForAll()
        }
        #expect(limiter.snapshot == AdmissionSnapshot(running: 0, queued: 0))
    }

    @Test
    func whoeverPreparesHoldsNoPlaceIsCountedAsWaitingAndMayLeave() async throws {
        let limiter = limiter(1, 1)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await limiter.withTicket { _ in try await gate.pass() }
                    }
                }
            }
            try await settle(limiter.snapshot, running: 0, queued: 2, preparing: 2)
            // No more may prepare; the ones that have come hold no place.
            let refusal = await #expect(throws: ServiceError.self) { try await limiter.withTicket { _ in } }
            #expect(refusal?.code == .overloaded && refusal?.message.contains("0 running, 2 waiting") == true)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(limiter.snapshot == AdmissionSnapshot(running: 0, queued: 0))
    }

    @Test
    func aFullLaneRefusesBeforePreparationsAndAfterThemAndSaysHowLong() async throws {
        let clock = ManualClock()
        let limiter = limiter(1, 0, clock: clock)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await limiter.withTicket { ticket in
                    try await ticket.enter(.long)
                    try await gate.pass()
                }
            }
            try await settle(limiter.snapshot, running: 1, queued: 0, preparing: 0)
            clock.advance(by: .seconds(41.5))
            for isEarly in [true, false] {
                let refusal = await #expect(throws: ServiceError.self) {
                    try await limiter.withTicket { ticket in
                        if isEarly { try ticket.checkRoom(for: .long) } else { try await ticket.enter(.long) }
                    }
                }
                #expect(refusal?.code == .overloaded && refusal?.retryAfter == .seconds(41.5))
                #expect(refusal?.message.contains("queue for long work") == true)
                #expect(refusal?.message.contains("in about 42 s") == true)
            }
            // The other lane knows nothing of it.
            #expect(try await limiter.withAdmission { _ in 7 } == 7)
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test
    func limitsThatMakeNoSenseAreTakenAsTheNearestThatDo() async throws {
        let limiter = limiter(0, -1)
        #expect(try await limiter.withAdmission { _ in 1 } == 1)
    }
}
