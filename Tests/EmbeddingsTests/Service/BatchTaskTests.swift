import BridgeTesting
import Testing

@testable import Embeddings

@Suite(.timeLimit(.minutes(1))) struct BatchTaskTests {
    private let gate = Gate()
    private let outcome = Watched<Bool?>(nil)

    private func begin(_ task: BatchTask) {
        task.begin { [gate, outcome] in
            let isCancelled = (try? await gate.pass()) == nil
            outcome.update { $0 = isCancelled }
        }
    }

    @Test func itBeginsOnTheCallingThread() {
        let hasBegun = Watched(false)
        BatchTask().begin { hasBegun.update { $0 = true } }
        #expect(hasBegun.value)
    }

    @Test func itCanBeCancelledOnceItHasBegun() async throws {
        let task = BatchTask()
        begin(task)
        task.cancel()
        try await outcome.wait { $0 == true }
    }

    @Test func whatIsCancelledBeforeItBeginsEndsAtItsFirstWait() async throws {
        let task = BatchTask()
        task.cancel()
        #expect(task.isCancelled)
        begin(task)
        try await outcome.wait { $0 == true }
    }

    @Test func otherwiseItGoesOn() async throws {
        begin(BatchTask())
        gate.open()
        try await outcome.wait { $0 == false }
    }
}
