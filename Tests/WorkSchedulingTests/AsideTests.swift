import BridgeSupport
import Foundation
import Synchronization
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(5))) struct AsideTests {
    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// More threads are busy than Swift has: the task that is to end that must run all the same.
    @Test func busyThreadsStopNobodyElse() async {
        let flag = Flag()
        let ends = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount * 2 {
                group.addTask {
                    await aside {
                        let start = ContinuousClock.now
                        while !flag.isSet.load(ordering: .relaxed) {
                            if start.duration(to: .now) > .seconds(10) { return false }
                        }
                        return true
                    }
                }
            }
            group.addTask {
                flag.isSet.store(true, ordering: .relaxed)
                return true
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(!ends.contains(false))
    }

    @Test func resultsAndErrorsComeBack() async throws {
        #expect(await aside { 7 } == 7)
        await #expect(throws: CocoaError.self) { try await aside { throw CocoaError(.fileNoSuchFile) } }
    }
}
