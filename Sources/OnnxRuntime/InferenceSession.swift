internal import COnnxRuntime

/// A loaded model.
///
/// May run from many tasks at once. It uses the engine's global thread pool and owns no thread.
@safe public final class InferenceSession: Sendable {
    public struct Options: Sendable, Hashable {
        public enum Optimization: Int32, Sendable { case none = 0, basic = 1, extended = 2, all = 99 }
        public var optimization: Optimization
        /// Keeps memory between runs: faster, and never given back. Leave out for models that run rarely.
        public var memoryArena: Bool
        /// Plans memory by the shapes of earlier runs; of no use where shapes vary at every run.
        public var memoryPattern: Bool
        /// The engine's own session configuration keys.
        public var configuration: [String: String]

        public init(
            optimization: Optimization = .all, memoryArena: Bool = true, memoryPattern: Bool = true,
            configuration: [String: String] = [:]
        ) {
            self.optimization = optimization
            self.memoryArena = memoryArena
            self.memoryPattern = memoryPattern
            self.configuration = configuration
        }
    }

    /// An input or output of the graph.
    public struct ValueInfo: Sendable, Hashable {
        public let name: String
        public let elementType: ElementType
        /// nil for a length that varies.
        public let shape: [Int?]
    }

    public let inputs: [ValueInfo]
    public let outputs: [ValueInfo]
    public let metadata: ModelMetadata
    private let inputNames: Set<String>
    private let outputNames: [String]
    let runtime: OnnxRuntime
    /// Where the model came from, for error messages.
    private let source: String
    // Made in init, released in deinit; the engine allows Run on one session from many threads at once.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Loads a model file; weights in files beside it are found by their relative paths.
    ///
    /// - Throws: ``OnnxRuntimeError`` when the file is missing, cut short, or no ONNX model.
    public convenience init(_ runtime: OnnxRuntime, modelAt path: String, options: Options = Options()) throws {
        try unsafe self.init(runtime, source: path, options: options) { api, environment, sessionOptions, session in
            unsafe jb_CreateSession(api.table, environment, path, sessionOptions, &session)
        }
    }

    /// Loads a model from memory; the bytes are not needed afterwards.
    public convenience init(_ runtime: OnnxRuntime, modelData: [UInt8], options: Options = Options()) throws {
        try unsafe self.init(runtime, source: "a model in memory", options: options) { api, environment, sessionOptions, session in
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
            inputs = unsafe try Self.values(api, session, jb_SessionGetInputCount, jb_SessionGetInputName, jb_SessionGetInputTypeInfo)
            outputs = unsafe try Self.values(
                api, session, jb_SessionGetOutputCount, jb_SessionGetOutputName, jb_SessionGetOutputTypeInfo)
            metadata = unsafe try ModelMetadata(api, session)
        } catch {
            unsafe jb_ReleaseSession(api.table, session)
            throw error
        }
        unsafe handle = unsafe session
        inputNames = Set(inputs.map(\.name))
        outputNames = outputs.map(\.name)
        self.runtime = runtime
        self.source = source
    }

    deinit { unsafe jb_ReleaseSession(runtime.api.table, handle) }

    private static func makeOptions(_ api: EngineAPI, _ options: Options) throws -> OpaquePointer? {
        var made: OpaquePointer?
        try unsafe api.check("make session options", unsafe jb_CreateSessionOptions(api.table, &made))
        do {
            try unsafe api.check("use the shared threads", unsafe jb_DisablePerSessionThreads(api.table, made))
            try unsafe api.check(
                "set the optimisation", unsafe jb_SetGraphOptimizationLevel(api.table, made, options.optimization.rawValue))
            if !options.memoryArena { try unsafe api.check("leave out the arena", unsafe jb_DisableCpuMemArena(api.table, made)) }
            if !options.memoryPattern { try unsafe api.check("leave out the pattern", unsafe jb_DisableMemPattern(api.table, made)) }
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
        _ countOf: (UnsafePointer<OrtApi>, OpaquePointer?, UnsafeMutablePointer<Int>?) -> OpaquePointer?,
        _ nameOf: (UnsafePointer<OrtApi>, OpaquePointer?, Int, OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> OpaquePointer?,
        _ typeOf: (UnsafePointer<OrtApi>, OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer?
    ) throws -> [ValueInfo] {
        var count = 0
        try unsafe api.check("read the model's interface", unsafe countOf(api.table, session, &count))
        return try (0..<count).map { index in
            var name: UnsafeMutablePointer<CChar>?
            try unsafe api.check("read the model's interface", unsafe nameOf(api.table, session, index, api.allocator, &name))
            let text = unsafe api.take(name)
            var info: OpaquePointer?
            try unsafe api.check("read the model's interface", unsafe typeOf(api.table, session, index, &info))
            defer { unsafe jb_ReleaseTypeInfo(api.table, info) }
            var tensor: OpaquePointer?
            try unsafe api.check("read the model's interface", unsafe jb_CastTypeInfoToTensorInfo(api.table, info, &tensor))
            guard unsafe tensor != nil else { return ValueInfo(name: text, elementType: .other, shape: []) }
            let (type, shape) = unsafe try api.elementTypeAndShape(tensor)
            return ValueInfo(name: text, elementType: type, shape: shape.map { $0 < 0 ? nil : $0 })
        }
    }

    /// Waits for a permit, then runs on a thread that may block. Cancelling the task stops the run between two nodes.
    ///
    /// - Parameters:
    ///   - inputs: every input that the model lists, by name.
    ///   - outputs: the outputs wanted; all when nil. Outputs may be fed to other runs without a copy.
    /// - Throws: `CancellationError`, or ``OnnxRuntimeError`` naming the input at fault.
    public func run(
        _ inputs: [String: Tensor], outputs: [String]? = nil, priority: ComputePriority = .interactive
    ) async throws -> [String: Tensor] {
        let cancellation = RunCancellation()
        return try await withTaskCancellationHandler {
            do {
                return try await runtime.withComputePermit(priority: priority) {
                    try self.runBlocking(inputs, outputs: outputs, cancellation: cancellation)
                }
            } catch let error as OnnxRuntimeError where error.code == .cancelled {
                throw CancellationError()
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Runs on the calling thread: for the body of ``OnnxRuntime/withComputePermit(priority:_:)``, and for tests.
    public func runBlocking(
        _ inputs: [String: Tensor], outputs: [String]? = nil, cancellation: RunCancellation? = nil
    ) throws -> [String: Tensor] {
        let wanted = outputs ?? outputNames
        try check(inputs, wanted)
        let api = runtime.api
        let operation = "run \(source)"
        let fed = inputs.map { $0 }
        return try withExtendedLifetime(fed) {
            try unsafe withCStrings(fed.map(\.key)) { inputNames in
                try unsafe withCStrings(wanted) { outputNames in
                    let values: [OpaquePointer?] = unsafe fed.map { unsafe $0.value.value }
                    var results = unsafe [OpaquePointer?](repeating: nil, count: wanted.count)
                    let run = { (options: OpaquePointer?) in
                        try unsafe api.check(
                            operation,
                            unsafe jb_Run(
                                api.table, self.handle, options, inputNames, values, values.count, outputNames,
                                wanted.count, &results))
                    }
                    if let cancellation {
                        try unsafe cancellation.withRunOptions(api) { unsafe try run($0) }
                    } else {
                        try run(nil)
                    }
                    return try unsafe collect(wanted, unsafe results)
                }
            }
        }
    }

    private func collect(_ names: [String], _ results: [OpaquePointer?]) throws -> [String: Tensor] {
        var made: [String: Tensor] = [:]
        var failure: (any Error)?
        for unsafe (name, result) in unsafe zip(names, results) {
            guard let result = unsafe result else { continue }
            // Each result is taken over, also after a failure: none may leak.
            do { made[name] = unsafe try Tensor(taking: result, api: runtime.api) } catch { failure = error }
        }
        if let failure { throw failure }
        return made
    }

    /// The engine reports a missing input only when a node in the middle of the graph needs it.
    private func check(_ given: [String: Tensor], _ wanted: [String]) throws {
        let operation = "run \(source)"
        for info in inputs {
            guard let tensor = given[info.name] else {
                throw OnnxRuntimeError(
                    operation: operation, code: .invalidArgument, message: "the input \(info.name) is missing")
            }
            if info.elementType != .other, tensor.elementType != info.elementType {
                throw OnnxRuntimeError(
                    operation: operation, code: .invalidArgument,
                    message: "the input \(info.name) must hold \(info.elementType), not \(tensor.elementType)")
            }
        }
        if let unknown = given.keys.first(where: { !inputNames.contains($0) }) {
            throw OnnxRuntimeError(
                operation: operation, code: .invalidArgument, message: "it has no input named \(unknown)")
        }
        if let unknown = wanted.first(where: { !outputNames.contains($0) }) {
            throw OnnxRuntimeError(
                operation: operation, code: .invalidArgument, message: "it has no output named \(unknown)")
        }
        guard !wanted.isEmpty else {
            throw OnnxRuntimeError(operation: operation, code: .invalidArgument, message: "no output was asked for")
        }
    }
}

/// Calls `body` with an array of C strings that lives as long as the call.
func withCStrings<R>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> R) rethrows -> R {
    let storage = strings.map { Array($0.utf8CString) }
    return try withExtendedLifetime(storage) {
        var pointers: [UnsafePointer<CChar>?] = unsafe []
        func descend(_ index: Int) throws -> R {
            guard index < storage.count else { return try unsafe body(pointers) }
            return try unsafe storage[index].withUnsafeBufferPointer { buffer in
                unsafe pointers.append(buffer.baseAddress)
                return try descend(index + 1)
            }
        }
        return try descend(0)
    }
}
