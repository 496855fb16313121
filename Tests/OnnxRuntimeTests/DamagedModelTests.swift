import Foundation
import OnnxRuntime
import Testing

/// Whatever the file holds, the answer is an error or a session, never a crash.
@Suite(.timeLimit(.minutes(5))) struct DamagedModelTests {
    private func load(_ bytes: [UInt8]) throws { _ = try InferenceSession(Fixture.engine(), modelData: bytes) }

    private func failure(at path: String) throws -> OnnxRuntimeError {
        let engine = try Fixture.engine()
        let error = try #require(throws: OnnxRuntimeError.self) { try InferenceSession(engine, modelAt: path) }
        #expect(error.operation == "load \(path)")
        #expect(!error.message.isEmpty)
        #expect(!error.message.contains("/onnxruntime/core") && !error.message.contains("onnxruntime_src"))
        return error
    }

    @Test func aMissingFileIsNamedAsSuch() throws {
        #expect(try failure(at: "/nowhere/model.onnx").code == .noSuchFile)
    }

    @Test func aFolderIsNoModel() throws {
        _ = try failure(at: NSTemporaryDirectory())
    }

    @Test(arguments: [
        [], Array("not a model".utf8), Array("{\"a\": 1}".utf8), Array("PK\u{3}\u{4}".utf8),
        Array("\u{89}PNG\r\n".utf8),
        [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 0xFF, count: 4096),
    ])
    func aFileOfAnotherTypeIsRefused(bytes: [UInt8]) throws {
        #expect(throws: OnnxRuntimeError.self) { try load(bytes) }
        let folder = try ScratchFolder()
        try Data(bytes).write(to: URL(filePath: folder.path + "/model.onnx"))
        _ = try failure(at: folder.path + "/model.onnx")
    }

    @Test(arguments: ["arithmetic.onnx", "counter.onnx", "types.onnx"])
    func aModelCutAtAnyLengthFailsOrLoads(name: String) throws {
        let whole = try Fixture.bytes(name)
        // A cut between two fields is still a message, of a model that lacks something.
        for length in 0..<whole.count - 1 {
            do {
                try load(Array(whole.prefix(length)))
            } catch let error as OnnxRuntimeError {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(throws: OnnxRuntimeError.self) { try load(Array(whole.prefix(whole.count / 2))) }
    }

    @Test(arguments: ["arithmetic.onnx", "counter.onnx", "types.onnx", "unusual.onnx"])
    func aModelWithBytesChangedFailsOrRuns(name: String) throws {
        let whole = try Fixture.bytes(name)
        var random = SplitMix64(state: 1)
        var outcomes = (refused: 0, failed: 0, ran: 0)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let session: InferenceSession
            do {
                session = try InferenceSession(Fixture.engine(), modelData: bytes)
            } catch is OnnxRuntimeError {
                outcomes.refused += 1
                continue
            }
            for output in session.outputs {
                do {
                    try run(session, output.name)
                    outcomes.ran += 1
                } catch is OnnxRuntimeError {
                    outcomes.failed += 1
                }
            }
        }
        #expect(outcomes.refused > 0 && outcomes.ran > 0, "\(outcomes)")
    }

    /// Runs with an input of ones for each that the model says it takes, and reads what comes out.
    private func run(_ session: InferenceSession, _ output: String) throws {
        var inputs: [String: Tensor] = [:]
        for input in session.inputs { inputs[input.name] = try ones(input) }
        // A changed loop may have no end.
        let cancellation = RunCancellation()
        let watch = DispatchWorkItem { cancellation.cancel() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 2, execute: watch)
        defer { watch.cancel() }
        let result = try session.runBlocking(inputs, outputs: [output], cancellation: cancellation)[output]
        guard let result, result.elementType == .float32 else { return }
        #expect(try result.floats().count == result.count)
    }

    private func ones(_ input: InferenceSession.ValueInfo) throws -> Tensor {
        // A changed length may be of any size.
        let shape = input.shape.map { min($0 ?? 3, 16) }
        func make<E: TensorElement>(_ one: E) throws -> Tensor {
            try Tensor([E](repeating: one, count: shape.reduce(1, *)), shape: shape)
        }
        return switch input.elementType {
        case .float64: try make(1 as Double)
        case .float16: try make(1 as Float16)
        case .int64: try make(1 as Int64)
        case .int32: try make(1 as Int32)
        case .int8: try make(1 as Int8)
        case .uint8: try make(1 as UInt8)
        case .bool: try make(true)
        default: try make(1 as Float)
        }
    }

    @Test func aModelWithoutItsWeightsIsRefused() throws {
        let folder = try ScratchFolder()
        try Data(Fixture.bytes("external.onnx")).write(to: URL(filePath: folder.path + "/external.onnx"))
        #expect(try failure(at: folder.path + "/external.onnx").message.contains("external.weights"))
    }

    @Test func withHalfItsWeights() throws {
        let folder = try ScratchFolder()
        try Data(Fixture.bytes("external.onnx")).write(to: URL(filePath: folder.path + "/external.onnx"))
        try Data(Fixture.bytes("external.weights").prefix(1000)).write(
            to: URL(filePath: folder.path + "/external.weights"))
        _ = try failure(at: folder.path + "/external.onnx")
    }
}

/// The same numbers on every machine (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
