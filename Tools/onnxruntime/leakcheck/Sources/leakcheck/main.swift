import OnnxRuntime

// leakcheck FIXTURES SESSIONS RUNS: makes and drops SESSIONS sessions, and in all makes RUNS runs, and as many that
// fail or are cancelled. What is lost must not grow with either number.

struct Failure: Error {}

/// Everything that owns memory of the engine, with the ways out that throw.
func session(_ engine: OnnxRuntime, _ fixtures: String, runs: Int) throws {
    let session = try InferenceSession(engine, modelAt: fixtures + "/arithmetic.onnx")
    let row = try Tensor([1, 2, 3] as [Float], shape: [1, 3])
    let column = try Tensor([1, 2] as [Float], shape: [2, 1])
    let cancelled = RunCancellation()
    cancelled.cancel()
    for _ in 0..<runs {
        _ = try session.runBlocking(["x": row, "y": row], cancellation: RunCancellation())
        _ = try? session.runBlocking(["x": row])
        _ = try? session.runBlocking(["x": row, "y": column])
        _ = try? session.runBlocking(["x": row, "y": row], cancellation: cancelled)
        _ = try? Tensor(shape: [8], of: Float.self) { _ in throw Failure() }
    }
    _ = try? InferenceSession(engine, modelData: [1, 2, 3])
    _ = try? InferenceSession(engine, modelAt: fixtures + "/missing.onnx")
    let unusual = try InferenceSession(engine, modelAt: fixtures + "/unusual.onnx")
    _ = try? unusual.runBlocking(["x": Tensor([1] as [Float], shape: [1])])
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let sessions = Int(arguments[2]), let runs = Int(arguments[3]), sessions > 0 else {
    fatalError("usage: leakcheck FIXTURES SESSIONS RUNS")
}
let engine = try OnnxRuntime.load(.init(intraOpThreads: 1))
for _ in 0..<sessions { try session(engine, arguments[1], runs: runs / sessions) }
print("\(sessions) sessions, \(runs) runs on ONNX Runtime \(engine.version)")
