import Foundation
import OnnxRuntime
import Testing

/// The fast check; Tools/onnxruntime/leak_check.sh counts each byte under valgrind.
@Suite struct LeakTests {
    /// Everything that owns memory of the engine, once.
    private func round() throws {
        let session = try Fixture.session("arithmetic")
        let row = try Tensor([1, 2, 3] as [Float], shape: [1, 3])
        for _ in 0..<10 { _ = try session.runBlocking(["x": row, "y": row], cancellation: RunCancellation()) }
        let binding = try session.makeBinding()
        try binding.bind(input: "x", to: row)
        try binding.bind(input: "y", to: row)
        try binding.bind(output: "sum")
        _ = try binding.run()
        // The ways out that throw.
        #expect(throws: OnnxRuntimeError.self) { try session.runBlocking(["x": row]) }
        let column = try Tensor([1, 2, 3] as [Float], shape: [3, 1])
        #expect(throws: OnnxRuntimeError.self) { try session.runBlocking(["x": row, "y": column]) }
        #expect(throws: OnnxRuntimeError.self) { try InferenceSession(Fixture.engine(), modelData: [1, 2, 3]) }
        #expect(throws: CancellationError.self) {
            try Tensor(shape: [8], of: Float.self) { _ in throw CancellationError() }
        }
    }

    private func residentKiB() throws -> Int {
        let line = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n").first {
            $0.hasPrefix("VmRSS:")
        }
        return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }

    /// In a process of its own, which nothing else makes grow.
    @Test func memoryStaysFlat() async {
        await #expect(processExitsWith: .success) {
            let test = LeakTests()
            for _ in 0..<30 { try test.round() }
            let before = try test.residentKiB()
            for _ in 0..<100 { try test.round() }
            let grown = try test.residentKiB() - before
            // 100 leaked sessions of the smallest model are more than this.
            #expect(grown < 1500, "1,000 runs and 100 sessions made the process grow by \(grown) KiB.")
        }
    }
}
