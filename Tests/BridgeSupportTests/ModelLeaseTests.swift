import BridgeTesting
import Testing

@testable import BridgeSupport

@Suite(.timeLimit(.minutes(1))) struct ModelLeaseTests {
    private let ends = Watched(0)

    private func lease() -> ModelLease<String> {
        ModelLease("model") { [ends] in ends.update { $0 += 1 } }
    }

    @Test func aLeaseEndsOnce() {
        let lease = lease()
        #expect(lease.model == "model" && ends.value == 0)
        for _ in 0..<2 { lease.end() }
        #expect(ends.value == 1)
    }

    @Test func aLeaseEndsWithTheLastReferenceToIt() {
        _ = lease()
        #expect(ends.value == 1)
    }
}
