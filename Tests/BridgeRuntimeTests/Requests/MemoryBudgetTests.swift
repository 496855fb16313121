import BridgeSupport
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(5))) struct MemoryBudgetTests {
    private static let exhausted = ServiceError(.overloaded, "Full.")

    private func budget(_ limit: Int, largest: Int = 10) -> MemoryBudget {
        MemoryBudget(limit: limit, small: 10, largest: largest, exhausted: Self.exhausted)
    }

    @Test func sharesAreGivenBackOnce() throws {
        let budget = budget(800)
        var share: MemoryBudget.Share? = MemoryBudget.Share(of: budget)
        try share?.take(300)
        try share?.take(200)
        #expect(budget.used == 500)
        share?.set(to: 100)
        #expect(budget.used == 100)
        share?.release()
        share?.release()
        #expect(budget.used == 0)
        try share?.take(50)
        // As of a response that is never written.
        share = nil
        #expect(budget.used == 0)
    }

    /// A guess that was too low gives nobody more than there is.
    @Test func whatWasGuessedIsSettled() throws {
        let budget = budget(800)
        let (share, other) = (MemoryBudget.Share(of: budget), MemoryBudget.Share(of: budget))
        try share.take(20)
        try share.settle(at: 300)
        #expect(budget.used == 300)
        try share.settle(at: 200)
        #expect(budget.used == 200)
        try other.take(20)
        #expect(throws: ServiceError.self) { try other.settle(at: 600) }
        // Refused, it has what it had.
        #expect(budget.used == 220)
    }

    @Test func largeSharesLeaveRoomForSmallOnes() throws {
        let budget = budget(800)
        let (large, small) = (MemoryBudget.Share(of: budget), MemoryBudget.Share(of: budget))
        try large.take(700)
        #expect(throws: ServiceError.self) { try large.take(1) }
        try small.take(10)
        #expect(throws: ServiceError.self) { try small.take(91) }
        #expect(budget.used == 710)
    }

    @Test func expectedBytesAreCountedOnce() throws {
        let budget = budget(800)
        let (first, second) = (MemoryBudget.Share(of: budget), MemoryBudget.Share(of: budget))
        try first.expect(600)
        #expect(throws: ServiceError.self) { try second.expect(600) }
        for _ in 0..<6 { try first.take(100) }
        #expect(budget.used == 600)
        // More than was announced counts as well.
        try first.take(50)
        #expect(budget.used == 650)
        first.release()
        try second.expect(600)
        #expect(budget.used == 600)
    }

    @Test func smallBodiesAreNotCountedBeforeTheyCome() throws {
        let budget = budget(800)
        let share = MemoryBudget.Share(of: budget)
        try share.expect(10)
        #expect(budget.used == 0)
        try share.take(10)
        #expect(budget.used == 10)
    }

    @Test func oneOfTheLargestAlwaysFits() throws {
        let budget = budget(1, largest: 5000)
        let share = MemoryBudget.Share(of: budget)
        try share.take(5000)
        #expect(throws: ServiceError.self) { try MemoryBudget.Share(of: budget).take(11) }
    }
}
