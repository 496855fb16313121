internal import COnnxRuntime
public import WorkScheduling

/// A loaded model.
///
/// May run from many tasks at once. It uses the engine's global thread pool, or none, and owns no thread.
@safe public final class InferenceSession: Sendable {
    /// How a model is loaded, and where its runs take their memory from.
    public struct Options: Sendable, Hashable {
        /// How far the engine rewrites the graph while loading it, by the numbers of its C interface.
        public enum Optimization: Int32, Sendable {
            /// `basic` keeps to the operators of ONNX, `extended` fuses several into one of the engine's own, and `all` changes the layout
            /// of tensors as well.
            case none = 0, basic = 1, extended = 2, all = 99
        }

        /// More takes longer to load, and is faster to run.
        public var optimization: Optimization
        /// Takes memory from the arena that all sessions share, which keeps it between runs: faster, but never given back. Leave
        /// out for models that run rarely.
        public var memoryArena: Bool
        /// Plans memory by the shapes of earlier runs; of no use if shapes vary with every run.
        public var memoryPattern: Bool
        /// Has each run compute on its caller's thread alone, so that several at the same time never wait for each other.
        public var isSingleThreaded: Bool
        /// The engine's own session configuration keys.
        public var configuration: [String: String]

        /// The defaults suit networks that run often with the same shapes.
        public init(
            optimization: Optimization = .all, memoryArena: Bool = true, memoryPattern: Bool = true,
            isSingleThreaded: Bool = false, configuration: [String: String] = [:]
        ) {
            self.isSingleThreaded = isSingleThreaded
            self.optimization = optimization
            self.memoryArena = memoryArena
            self.memoryPattern = memoryPattern
            self.configuration = configuration
        }
    }

    /// An input or output of the graph.
    public struct ValueInfo: Sendable, Hashable {
        /// Unique among the model's inputs, or among its outputs.
        public let name: String
        /// The type of the tensor's elements; `other` for sequences and maps.
        public let elementType: ElementType
        /// nil for a length that varies.
        public let shape: [Int?]
    }

    /// In the order of the model; a run needs all of them.
    public let inputs: [ValueInfo]
    /// In the order of the model.
    public let outputs: [ValueInfo]
    /// What the file says about itself.
    public let metadata: ModelMetadata
    let runtime: OnnxRuntime
    /// The purpose of a run, for error messages.
    let operation: String
    // The engine takes C strings: made once for all inputs and outputs in init, freed in deinit, never written in between.
    private nonisolated(unsafe) let names: [String: UnsafePointer<CChar>]
    // Made in init, released in deinit; the engine allows Run on one session from many threads at once.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Loads a model file; weights in files beside it are found by their relative paths.
    ///
    /// - Throws: ``OnnxRuntimeError`` when the file is missing, cut short, or not an ONNX model.
    public convenience init(_ runtime: OnnxRuntime, modelAt path: String, options: Options = Options()) throws {
        try unsafe self.init(runtime, source: path, options: options) { api, environment, sessionOptions, session in
            unsafe jb_CreateSession(api.table, environment, path, sessionOptions, &session)
        }
    }

    /// Loads a model from memory; the bytes are not needed afterwards.
    public convenience init(_ runtime: OnnxRuntime, modelData: [UInt8], options: Options = Options()) throws {
        try unsafe self.init(runtime, source: "a model in memory", options: options) {
            api, environment, sessionOptions, session in
            unsafe jb_CreateSessionFromArray(
                api.table, environment, modelData, modelData.count, sessionOptions, &session)
        }
    }

    private init(
        _ runtime: OnnxRuntime, source: String, options: Options,
        create: (EngineAPI, OpaquePointer, OpaquePointer?, inout OpaquePointer?) -> OpaquePointer?
    ) throws {
        let api = runtime.api
        let operation = "load \(source)"
        let sessionOptions = unsafe try Self.makeOptions(api, options)
        defer { unsafe jb_ReleaseSessionOptions(api.table, sessionOptions) }
        var session: OpaquePointer?
        try unsafe api.check(operation, unsafe create(api, runtime.environment, sessionOptions, &session))
        guard let session = unsafe session else {
            throw OnnxRuntimeError(operation: operation, code: .failure, message: "the engine gave no session")
        }
        do {
            inputs = unsafe try Self.values(
                api, session, count: jb_SessionGetInputCount, name: jb_SessionGetInputName,
                type: jb_SessionGetInputTypeInfo)
            outputs = unsafe try Self.values(
                api, session, count: jb_SessionGetOutputCount, name: jb_SessionGetOutputName,
                type: jb_SessionGetOutputTypeInfo)
            metadata = unsafe try ModelMetadata(api, session)
        } catch {
            unsafe jb_ReleaseSession(api.table, session)
            throw error
        }
        unsafe handle = unsafe session
        unsafe names = unsafe Self.cStrings(Set((inputs + outputs).map(\.name)))
        self.runtime = runtime
        self.operation = "run \(source)"
    }

    deinit {
        unsafe jb_ReleaseSession(runtime.api.table, handle)
        // It would write "unsafename".
        // swift-format-ignore
        for unsafe name in unsafe names.values { unsafe name.deallocate() }
    }

    private static func cStrings(_ names: Set<String>) -> [String: UnsafePointer<CChar>] {
        var pointers: [String: UnsafePointer<CChar>] = unsafe [:]
        for name in names {
            let bytes = name.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { unsafe (copy + index).initialize(to: byte) }
            unsafe pointers[name] = unsafe UnsafePointer(copy)
        }
        return unsafe pointers
    }

    private static func makeOptions(_ api: EngineAPI, _ options: Options) throws -> OpaquePointer? {
        var made: OpaquePointer?
        try unsafe api.check("make session options", unsafe jb_CreateSessionOptions(api.table, &made))
        do {
            if options.isSingleThreaded {
                try unsafe api.check("use no threads", unsafe jb_SetIntraOpNumThreads(api.table, made, 1))
            } else {
                try unsafe api.check("use the shared threads", unsafe jb_DisablePerSessionThreads(api.table, made))
            }
            try unsafe api.check(
                "set the optimisation",
                unsafe jb_SetGraphOptimizationLevel(api.table, made, options.optimization.rawValue))
            if !options.memoryArena {
                try unsafe api.check("leave out the arena", unsafe jb_DisableCpuMemArena(api.table, made))
            }
            let shares = options.memoryArena ? "1" : "0"
            try unsafe api.check(
                "share the arena",
                unsafe jb_AddSessionConfigEntry(api.table, made, "session.use_env_allocators", shares))
            try unsafe api.check(
                "let its threads sleep between runs",
                unsafe jb_AddSessionConfigEntry(api.table, made, "session.force_spinning_stop", "1"))
            // The sums of published 8-bit networks overflow on processors without VNNI, which most machines of a house are: Whisper heard other
            // words there. On others this changes nothing.
            try unsafe api.check(
                "keep 8-bit sums exact",
                unsafe jb_AddSessionConfigEntry(api.table, made, "session.x64quantprecision", "1"))
            if !options.memoryPattern {
                try unsafe api.check("leave out the pattern", unsafe jb_DisableMemPattern(api.table, made))
            }
            for (key, value) in options.configuration {
                try unsafe api.check("set \(key)", unsafe jb_AddSessionConfigEntry(api.table, made, key, value))
            }
        } catch {
            unsafe jb_ReleaseSessionOptions(api.table, made)
            throw error
        }
        return unsafe made
    }

    private static func values(
        _ api: EngineAPI, _ session: OpaquePointer,
        count countOf: (UnsafePointer<OrtApi>, OpaquePointer?, UnsafeMutablePointer<Int>?) -> OpaquePointer?,
        name nameOf: (
            UnsafePointer<OrtApi>, OpaquePointer?, Int, OpaquePointer?,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> OpaquePointer?,
        type typeOf: (UnsafePointer<OrtApi>, OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) ->
            OpaquePointer?
    ) throws -> [ValueInfo] {
        var count = 0
        try unsafe api.check("read the model's interface", unsafe countOf(api.table, session, &count))
        return try (0..<count).map { index in
            var name: UnsafeMutablePointer<CChar>?
            try unsafe api.check(
                "read the model's interface", unsafe nameOf(api.table, session, index, api.allocator, &name))
            let text = unsafe api.take(name)
            var info: OpaquePointer?
            try unsafe api.check("read the model's interface", unsafe typeOf(api.table, session, index, &info))
            defer { unsafe jb_ReleaseTypeInfo(api.table, info) }
            var tensor: OpaquePointer?
            try unsafe api.check(
                "read the model's interface", unsafe jb_CastTypeInfoToTensorInfo(api.table, info, &tensor))
            guard unsafe tensor != nil else { return ValueInfo(name: text, elementType: .other, shape: []) }
            let (type, shape) = unsafe try api.elementTypeAndShape(tensor)
            return ValueInfo(name: text, elementType: type, shape: shape.map { $0 < 0 ? nil : $0 })
        }
    }

    /// Waits for a permit, then runs on a thread that may block. Cancelling the task stops the run between two nodes.
    ///
    /// - Parameters:
    ///   - inputs: every input that the model lists, by name.
    ///   - outputs: the wanted outputs; all if nil. Outputs can be fed to other runs without a copy.
    ///   - mayRepeat: whether the run takes so long that it is ended for more urgent work, and then repeated.
    ///   - stage: what the run counts as.
    ///   - facts: of that stage.
    /// - Throws: `CancellationError`, or ``OnnxRuntimeError`` naming the input at fault.
    public func run(
        _ inputs: [String: Tensor], outputs: [String]? = nil, ticket: WorkTicket, mayRepeat: Bool = false,
        as stage: Stage? = nil, facts: StageFacts = [:]
    ) async throws -> [String: Tensor] {
        try await ticket.withPermit(as: stage, facts) { permit in
            try self.run(inputs, outputs: outputs, permit: permit, mayRepeat: mayRepeat)
        }
    }

    /// Runs on the calling thread, for the body of `WorkTicket.withPermit`.
    ///
    /// - Parameters:
    ///   - inPlace: where other outputs are to lie, by their names. A graph that hands an input back as it was copies nothing if the two
    ///     lie in the same place; whatever else is written there, all who hold the tensor see.
    ///   - permit: nil if nothing else computes.
    /// - Throws: what ``run(_:outputs:ticket:mayRepeat:)`` throws.
    public func run(
        _ inputs: [String: Tensor], outputs: [String]? = nil, inPlace: [String: Tensor] = [:], permit: WorkPermit?,
        mayRepeat: Bool = false
    ) throws -> [String: Tensor] {
        guard let permit else { return try runBlocking(inputs, outputs: outputs, inPlace: inPlace) }
        while true {
            let cancellation = RunCancellation()
            do {
                return try permit.during(mayRepeat: mayRepeat, endRun: cancellation.cancel) {
                    try runBlocking(inputs, outputs: outputs, inPlace: inPlace, cancellation: cancellation)
                }
            } catch let error as OnnxRuntimeError where error.code == .cancelled {
                try permit.checkpoint()
            }
        }
    }

    /// Runs on several threads at the same time, one for each of `parts`, of which one is the calling thread, for the body of
    /// `WorkTicket.withPermit`. For a session that is single-threaded.
    ///
    /// - Parameters:
    ///   - parts: inputs of a run each.
    ///   - whenCoreIsFree: called when a thread finds no part left, while others still run theirs.
    /// - Returns: the outputs of each, in their order.
    /// - Throws: what ``run(_:outputs:ticket:mayRepeat:)`` throws; of several failures the first part's.
    public func runAtOnce(
        _ parts: [[String: Tensor]], outputs: [String]? = nil, permit: WorkPermit,
        whenCoreIsFree: @escaping @Sendable () -> Void = {}
    ) throws -> [[String: Tensor]] {
        while true {
            let cancellation = RunCancellation()
            let results = try permit.during(mayRepeat: false, endRun: cancellation.cancel) {
                runtime.helpers.concurrentMap(parts.count, whenThreadIsFree: whenCoreIsFree) { part in
                    Result { try self.runBlocking(parts[part], outputs: outputs, cancellation: cancellation) }
                }
            }
            do {
                return try results.map { try $0.get() }
            } catch let error as OnnxRuntimeError where error.code == .cancelled {
                try permit.checkpoint()
            }
        }
    }

    /// Runs on the calling thread, whatever else computes.
    public func runBlocking(
        _ inputs: [String: Tensor], outputs: [String]? = nil, inPlace: [String: Tensor] = [:],
        cancellation: RunCancellation? = nil
    ) throws -> [String: Tensor] {
        let wanted = outputs ?? self.outputs.map(\.name)
        let (inputNames, values) = unsafe try feed(inputs)
        let places = inPlace.map { (name: $0.key, tensor: $0.value) }
        let outputNames = unsafe try fetch(wanted + places.map(\.name))
        // The engine makes values where there are none, and writes to the ones that exist.
        var results =
            unsafe [OpaquePointer?](repeating: nil, count: wanted.count) + places.map { unsafe $0.tensor.value }
        let api = runtime.api
        let run = { (options: OpaquePointer?) in
            try unsafe api.check(
                self.operation,
                unsafe jb_Run(
                    api.table, self.handle, options, inputNames, values, values.count, outputNames,
                    outputNames.count, &results))
        }
        do {
            try withExtendedLifetime((inputs, inPlace)) {
                if let cancellation {
                    try unsafe cancellation.withRunOptions(api) { unsafe try run($0) }
                } else {
                    try run(nil)
                }
            }
        } catch {
            // It would write "unsaferesult".
            // swift-format-ignore
            for unsafe result in unsafe results.prefix(wanted.count) { unsafe jb_ReleaseValue(api.table, result) }
            throw error
        }
        return try unsafe collect(wanted, unsafe results)
    }

    private func collect(_ names: [String], _ results: [OpaquePointer?]) throws -> [String: Tensor] {
        var made: [String: Tensor] = [:]
        var failure: (any Error)?
        for unsafe(name, result) in unsafe zip(names, results) {
            guard let result = unsafe result else { continue }
            // Every result is taken over, even after a failure, so that none leaks.
            do { made[name] = unsafe try Tensor(taking: result, api: runtime.api) } catch { failure = error }
        }
        if let failure { throw failure }
        return made
    }

    /// Names and values for the engine, in the model's order.
    ///
    /// Checked here because the engine reports a missing input only when a node in the middle of the graph needs it.
    private func feed(_ given: [String: Tensor]) throws -> (names: [UnsafePointer<CChar>?], values: [OpaquePointer?]) {
        var names: [UnsafePointer<CChar>?] = unsafe []
        var values: [OpaquePointer?] = unsafe []
        for info in inputs {
            guard let tensor = given[info.name] else { throw invalid("the input \(info.name) is missing") }
            try check(tensor, for: info)
            unsafe names.append(self.names[info.name])
            unsafe values.append(tensor.value)
        }
        if given.count > inputs.count,
            let unknown = given.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } })
        {
            throw invalid("it has no input named \(unknown)")
        }
        return unsafe (names, values)
    }

    /// - Throws: when the input can't hold `tensor`. The engine itself checks the lengths, with good messages.
    func check(_ tensor: Tensor, for input: ValueInfo) throws {
        guard input.elementType == tensor.elementType || input.elementType == .other else {
            throw invalid("the input \(input.name) must hold \(input.elementType), not \(tensor.elementType)")
        }
    }

    private func fetch(_ wanted: [String]) throws -> [UnsafePointer<CChar>?] {
        guard !wanted.isEmpty else { throw invalid("no output was asked for") }
        return unsafe try wanted.map { name in
            guard outputs.contains(where: { $0.name == name }), let pointer = unsafe names[name] else {
                throw invalid("it has no output named \(name)")
            }
            return unsafe pointer
        }
    }

    func invalid(_ message: String) -> OnnxRuntimeError {
        OnnxRuntimeError(operation: operation, code: .invalidArgument, message: message)
    }
}
