import OnnxRuntime
import Testing

@Suite struct IoBindingTests {
    @Test func keepsWhatIsBoundBetweenRuns() throws {
        let session = try Fixture.session("arithmetic")
        let binding = try session.makeBinding()
        try binding.bind(input: "y", to: Fixture.tensor([1, 2, 3] as [Float], [1, 3]))
        try binding.bind(input: "x", to: Fixture.tensor([0, 0, 0] as [Float], [1, 3]))
        try binding.bind(output: "product")
        try binding.bind(output: "sum")
        try binding.bind(output: "sum")
        var first: Tensor?
        for step in 1...3 {
            let outputs = try binding.run()
            let sum = try #require(outputs["sum"])
            #expect(try sum.floats() == [1, 2, 3].map { $0 * Float(step) })
            #expect(outputs["product"]?.shape == [1, 3])
            if step == 1 { first = sum }
            try binding.bind(input: "x", to: sum)
        }
        // A result is not written over by later runs.
        #expect(try first?.floats() == [1, 2, 3])
    }

    @Test func takesOutputsOfShapesThatChange() throws {
        let session = try Fixture.session("arithmetic")
        let binding = try session.makeBinding()
        try binding.bind(output: "sum")
        for rows in [1, 4, 2] {
            let ones = try Fixture.tensor([Float](repeating: 1, count: 3 * rows), [rows, 3])
            try binding.bind(input: "x", to: ones)
            try binding.bind(input: "y", to: ones)
            #expect(try binding.run()["sum"]?.shape == [rows, 3])
        }
    }

    @Test func refusesWhatTheModelDoesNotHave() throws {
        let session = try Fixture.session("arithmetic")
        let binding = try session.makeBinding()
        let row = try Fixture.tensor([1, 2, 3] as [Float], [1, 3])
        #expect(throws: OnnxRuntimeError.self) { try binding.bind(input: "z", to: row) }
        #expect(throws: OnnxRuntimeError.self) { try binding.bind(output: "z") }
        #expect(throws: OnnxRuntimeError.self) { try binding.bind(input: "x", to: Fixture.tensor([1] as [Int64])) }
        try binding.bind(input: "x", to: row)
        #expect(try #require(throws: OnnxRuntimeError.self) { try binding.run() }.message == "the input y is not bound")
        try binding.bind(input: "y", to: row)
        #expect(try #require(throws: OnnxRuntimeError.self) { try binding.run() }.message == "no output is bound")
        try binding.bind(output: "sum")
        #expect(try binding.run()["sum"]?.floats() == [2, 4, 6])
        binding.clear()
        #expect(throws: OnnxRuntimeError.self) { try binding.run() }
    }

    @Test func isCancelled() throws {
        let session = try Fixture.session("arithmetic")
        let binding = try session.makeBinding()
        let row = try Fixture.tensor([1, 2, 3] as [Float], [1, 3])
        for name in ["x", "y"] { try binding.bind(input: name, to: row) }
        try binding.bind(output: "sum")
        let cancellation = RunCancellation()
        #expect(try binding.run(cancellation: cancellation)["sum"] != nil)
        cancellation.cancel()
        #expect(
            try #require(throws: OnnxRuntimeError.self) { try binding.run(cancellation: cancellation) }.code
                == .cancelled)
    }
}
