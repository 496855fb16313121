import Foundation
import OnnxRuntime
import Testing

/// Measures what the process keeps. Swift Testing remembers where errors were thrown, so Tools/onnxruntime/leak_check.sh alone
/// looks at the ways out that throw; it shows under valgrind where a leak comes from, and './jarvis test' calls it too.
@Suite(.timeLimit(.minutes(5))) struct LeakTests {
    /// A run of each kind.
    private func runs() throws -> () throws -> Void {
        let session = try Fixture.session("arithmetic")
        let row = try Tensor([1, 2, 3] as [Float], shape: [1, 3])
        return {
            _ = try session.runBlocking(["x": row, "y": row], cancellation: RunCancellation())
            _ = try session.runBlocking(["x": row, "y": row])
        }
    }

    /// Everything else that owns memory of the engine.
    private func session() throws {
        _ = try Fixture.session("arithmetic")
        _ = try Tensor([1] as [Float], shape: [1])
    }

    private func residentKiB() throws -> Int {
        let line = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n").first {
            $0.hasPrefix("VmRSS:")
        }
        return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }

    /// KiB that `count` calls make the process grow by: the least of some rounds, since a leak is in each of them, and what
    /// the allocator keeps for later is not.
    private func growth(_ count: Int, _ work: () throws -> Void) throws -> Int {
        var least = Int.max
        for round in 0..<4 {
            let before = try residentKiB()
            for _ in 0..<count { try work() }
            if round > 0 { least = min(least, try residentKiB() - before) }
        }
        return least
    }

    /// In a process of its own, which nothing else makes grow.
    @Test func runsKeepNoMemory() async {
        await #expect(processExitsWith: .success) {
            let test = LeakTests()
            let grown = try test.growth(5000, test.runs())
            // 5,000 of the least that can be lost, 32 bytes with what the allocator adds, are 156 KiB.
            #expect(grown < 100, "5,000 runs of each kind made the process grow by \(grown) KiB.")
        }
    }

    @Test func sessionsKeepNoMemory() async {
        await #expect(processExitsWith: .success) {
            let test = LeakTests()
            let grown = try test.growth(400, test.session)
            #expect(grown < 40, "400 sessions made the process grow by \(grown) KiB.")
        }
    }
}
