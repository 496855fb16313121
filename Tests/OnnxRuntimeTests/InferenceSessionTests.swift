import Foundation
import OnnxRuntime
import BridgeTesting
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(5))) struct InferenceSessionTests {
    private func arithmeticInputs() throws -> [String: Tensor] {
        [
            "x": try Fixture.tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3]),
            "y": try Fixture.tensor([10, 20, 30, 40, 50, 60] as [Float], [2, 3]),
        ]
    }

    @Test func aRunComputesAllOutputs() async throws {
        let outputs = try await Fixture.session("arithmetic").run(arithmeticInputs(), ticket: .alone())
        #expect(outputs.keys.sorted() == ["product", "sum"])
        #expect(try outputs["sum"]?.floats() == [11, 22, 33, 44, 55, 66])
        #expect(try outputs["product"]?.floats() == [10, 40, 90, 160, 250, 360])
        #expect(outputs["sum"]?.shape == [2, 3])
    }

    @Test func computesOnlyTheOutputsAskedFor() throws {
        let outputs = try Fixture.session("arithmetic").runBlocking(arithmeticInputs(), outputs: ["product"])
        #expect(Array(outputs.keys) == ["product"])
    }

    @Test func anOutputIsWrittenWhereItIsToLie() throws {
        let place = try Fixture.tensor([Float](repeating: 0, count: 6), [2, 3])
        let outputs = try Fixture.session("arithmetic").runBlocking(
            arithmeticInputs(), outputs: ["product"], inPlace: ["sum": place])
        #expect(Array(outputs.keys) == ["product"])
        #expect(try place.floats() == [11, 22, 33, 44, 55, 66])
    }

    @Test(arguments: [1, 2, 7]) func runsAtOnceHaveTheirOwnOutputs(count: Int) async throws {
        let session = try Fixture.session("arithmetic", options: .init(isSingleThreaded: true))
        let parts = try (0..<count).map { part in
            [
                "x": try Fixture.tensor([Float](repeating: Float(part), count: 3), [1, 3]),
                "y": try Fixture.tensor([1, 2, 3] as [Float], [1, 3]),
            ]
        }
        let outputs = try await WorkTicket.alone().withPermit { permit in
            try session.runAtOnce(parts, outputs: ["sum"], permit: permit)
        }
        #expect(outputs.count == count)
        for (part, output) in outputs.enumerated() {
            let sums = [1, 2, 3].map { Float(part + $0) }
            #expect(try output["sum"]?.floats() == sums && output.count == 1)
        }
    }

    @Test func oneOfTheRunsMayFail() async throws {
        let session = try Fixture.session("arithmetic", options: .init(isSingleThreaded: true))
        let parts = [try arithmeticInputs(), ["x": try Fixture.tensor([1, 2, 3] as [Float], [1, 3])]]
        let error = await #expect(throws: OnnxRuntimeError.self) {
            try await WorkTicket.alone().withPermit { try session.runAtOnce(parts, permit: $0) }
        }
        #expect(error?.message.contains("the input y is missing") == true)
    }

    @Test func aSessionDescribesItsInterface() throws {
        let session = try Fixture.session("arithmetic")
        #expect(session.inputs.map(\.name) == ["x", "y"])
        #expect(session.inputs.map(\.shape) == [[nil, 3], [nil, 3]])
        #expect(session.inputs.map(\.elementType) == [.float32, .float32])
        #expect(session.outputs.map(\.name) == ["sum", "product"])
    }

    @Test func aSessionReadsTheMetadata() throws {
        let metadata = try Fixture.session("arithmetic").metadata
        #expect(metadata.producer == "jarvis-bridges")
        #expect(metadata.graphName == "arithmetic")
        #expect(metadata.description == "Adds and multiplies.")
        #expect(metadata.version == 7)
        #expect(metadata.custom == ["language": "fr", "échantillons": "22050", "empty": ""])
    }

    @Test func passesEveryElementTypeThrough() throws {
        let inputs: [String: Tensor] = [
            "float32": try Fixture.tensor([1.5] as [Float]), "float64": try Fixture.tensor([2.5] as [Double]),
            "float16": try Fixture.tensor([3.5] as [Float16]), "int64": try Fixture.tensor([-4] as [Int64]),
            "int32": try Fixture.tensor([-5] as [Int32]), "int8": try Fixture.tensor([-6] as [Int8]),
            "uint8": try Fixture.tensor([200] as [UInt8]), "bool": try Fixture.tensor([true]),
        ]
        let session = try Fixture.session("types")
        for input in session.inputs { #expect(inputs[input.name]?.elementType == input.elementType) }
        let outputs = try session.runBlocking(inputs)
        #expect(try outputs["float32_out"]?.values(as: Float.self) == [1.5])
        #expect(try outputs["float64_out"]?.values(as: Double.self) == [2.5])
        #expect(try outputs["float16_out"]?.values(as: Float16.self) == [3.5])
        #expect(try outputs["int64_out"]?.values(as: Int64.self) == [-4])
        #expect(try outputs["int32_out"]?.values(as: Int32.self) == [-5])
        #expect(try outputs["int8_out"]?.values(as: Int8.self) == [-6])
        #expect(try outputs["uint8_out"]?.values(as: UInt8.self) == [200])
        #expect(try outputs["bool_out"]?.values(as: Bool.self) == [true])
    }

    @Test func loadsFromBytesThatGoAway() throws {
        let session = try InferenceSession(Fixture.engine(), modelData: Fixture.bytes("arithmetic.onnx"))
        #expect(try session.runBlocking(arithmeticInputs())["sum"]?.floats().first == 11)
    }

    @Test func findsWeightsBesideTheModel() throws {
        let outputs = try Fixture.session("external").runBlocking(["x": Fixture.tensor([1, 1, 1] as [Float], [1, 3])])
        // Column j of the weights is j + 1, j + 257, j + 513.
        #expect(try outputs["y"]?.floats() == (0..<256).map { Float(3 * $0 + 771) })
    }

    @Test func feedsAnOutputToTheNextRun() throws {
        let session = try Fixture.session("arithmetic")
        var inputs = try arithmeticInputs()
        for _ in 0..<3 { inputs["x"] = try session.runBlocking(inputs, outputs: ["sum"])["sum"] }
        #expect(try inputs["x"]?.floats().first == 31)
    }

    @Test func resultsOutliveTheirSession() throws {
        var session: InferenceSession? = try Fixture.session("arithmetic")
        let sum = try session?.runBlocking(arithmeticInputs())["sum"]
        session = nil
        #expect(try sum?.floats() == [11, 22, 33, 44, 55, 66])
    }

    @Test func takesABatchOfNothing() throws {
        let none = try Fixture.tensor([] as [Float], [0, 3])
        #expect(try Fixture.session("arithmetic").runBlocking(["x": none, "y": none])["sum"]?.shape == [0, 3])
    }

    @Test func runsWithEachOption() throws {
        for optimization in [InferenceSession.Options.Optimization.none, .basic, .extended, .all] {
            let options = InferenceSession.Options(
                optimization: optimization, memoryArena: false, memoryPattern: false,
                configuration: ["session.use_env_allocators": "0"])
            let session = try Fixture.session("arithmetic", options: options)
            #expect(try session.runBlocking(arithmeticInputs())["sum"]?.floats().last == 66)
        }
    }

    @Test func runsFromManyTasksAtOnce() async throws {
        let session = try Fixture.session("arithmetic")
        let inputs = try arithmeticInputs()
        try await withThrowingTaskGroup(of: Float?.self) { group in
            for index in 0..<50 {
                group.addTask {
                    try await session.run(inputs, ticket: .alone(index.isMultiple(of: 2) ? .bulk : .interactive))[
                        "sum"]?
                        .floats().last
                }
            }
            for try await last in group { #expect(last == 66) }
        }
    }

    // MARK: What is refused

    private func refusal(_ name: String = "arithmetic", _ change: (inout [String: Tensor]) throws -> Void) throws
        -> OnnxRuntimeError
    {
        var inputs = try arithmeticInputs()
        try change(&inputs)
        let session = try Fixture.session(name)
        return try #require(throws: OnnxRuntimeError.self) { try session.runBlocking(inputs) }
    }

    @Test func namesAMissingInput() throws {
        let error = try refusal { $0["y"] = nil }
        #expect(error.code == .invalidArgument)
        #expect(error.message == "the input y is missing")
        #expect(error.operation.hasSuffix("arithmetic.onnx"))
    }

    @Test func namesAnUnknownInput() throws {
        #expect(try refusal { $0["z"] = $0["x"] }.message == "it has no input named z")
    }

    @Test func namesAnInputOfAWrongType() throws {
        let error = try refusal { $0["y"] = try Fixture.tensor([1, 2, 3] as [Int64], [1, 3]) }
        #expect(error.message == "the input y must hold float32, not int64")
    }

    @Test(arguments: [[3, 2], [6], [1, 1, 6], [6, 1]])
    func namesAnInputOfAWrongShape(shape: [Int]) throws {
        let error = try refusal { $0["y"] = try Fixture.tensor([Float](repeating: 1, count: 6), shape) }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("y"))
        #expect(!error.message.contains("/onnxruntime"))
    }

    @Test func reportsShapesThatDoNotFitEachOther() throws {
        let error = try refusal { $0["y"] = try Fixture.tensor([Float](repeating: 1, count: 12), [4, 3]) }
        #expect(error.code != .cancelled)
        #expect(!error.message.contains("/onnxruntime"))
        #expect(!error.message.isEmpty)
    }

    @Test func aSessionRefusesTextInputs() throws {
        let session = try Fixture.session("strings")
        #expect(session.inputs.first?.elementType == .string)
        #expect(throws: OnnxRuntimeError.self) { try session.runBlocking(["text": Fixture.tensor([1] as [UInt8])]) }
    }

    @Test func namesAnUnknownOutput() throws {
        let session = try Fixture.session("arithmetic")
        let error = try #require(throws: OnnxRuntimeError.self) {
            try session.runBlocking(arithmeticInputs(), outputs: ["sum", "quotient"])
        }
        #expect(error.message == "it has no output named quotient")
        #expect(throws: OnnxRuntimeError.self) { try session.runBlocking(arithmeticInputs(), outputs: ["x"]) }
        #expect(throws: OnnxRuntimeError.self) { try session.runBlocking(arithmeticInputs(), outputs: []) }
    }

    @Test func refusesResultsThatAreNoTensors() throws {
        let session = try Fixture.session("unusual")
        let inputs = ["x": try Fixture.tensor([1] as [Float])]
        #expect(session.outputs.map(\.elementType) == [.other, .string, .float32])
        let error = try #require(throws: OnnxRuntimeError.self) { try session.runBlocking(inputs) }
        #expect(error.message.contains("not a tensor"))
        #expect(try session.runBlocking(inputs, outputs: ["y"])["y"]?.floats() == [1])
        let words = try #require(try session.runBlocking(inputs, outputs: ["words"])["words"])
        #expect(words.shape == [2])
        #expect(throws: OnnxRuntimeError.self) { try words.values(as: UInt8.self) }
    }
}
