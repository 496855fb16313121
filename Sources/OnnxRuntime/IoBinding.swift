internal import COnnxRuntime

/// Inputs and outputs that stay bound between runs of one session.
///
/// For execution providers with memory of their own, such as CUDA: what is bound stays on the device, where a plain run copies its
/// outputs back. On a CPU a plain run copies nothing either, and a decoder's step takes as long one way as the other.
///
/// Belongs to one thread at a time, so it is no `Sendable`: make it inside the body of
/// ``OnnxRuntime/withComputePermit(priority:_:)``.
@safe public final class IoBinding {
    private let session: InferenceSession
    private let handle: OpaquePointer
    private var boundInputs: [String: Tensor] = [:]
    private var boundOutputs: [String] = []

    init(_ session: InferenceSession) throws {
        let api = session.runtime.api
        var made: OpaquePointer?
        try unsafe api.check("bind a session", unsafe jb_CreateIoBinding(api.table, session.handle, &made))
        guard let made = unsafe made else {
            throw OnnxRuntimeError(operation: "bind a session", code: .failure, message: "the engine gave no binding")
        }
        unsafe handle = unsafe made
        self.session = session
    }

    deinit { unsafe jb_ReleaseIoBinding(session.runtime.api.table, handle) }

    /// Feeds `tensor` to every run until another takes its place. Nothing is copied.
    public func bind(input name: String, to tensor: Tensor) throws {
        guard let input = session.inputs.first(where: { $0.name == name }) else {
            throw session.invalid("it has no input named \(name)")
        }
        try session.check(tensor, for: input)
        let api = session.runtime.api
        try unsafe api.check("bind the input \(name)", unsafe jb_BindInput(api.table, handle, name, tensor.value))
        boundInputs[name] = tensor
    }

    /// Asks for an output, in memory that the engine allocates anew at each run.
    public func bind(output name: String) throws {
        guard session.outputs.contains(where: { $0.name == name }) else {
            throw session.invalid("it has no output named \(name)")
        }
        if !boundOutputs.contains(name) { boundOutputs.append(name) }
    }

    /// Without this the engine would write into the results of the run before, which are the caller's now.
    private func bindOutputsAnew() throws {
        let api = session.runtime.api
        var memory: OpaquePointer?
        try unsafe api.check("describe memory", unsafe jb_CreateCpuMemoryInfo(api.table, 1, 0, &memory))
        defer { unsafe jb_ReleaseMemoryInfo(api.table, memory) }
        for name in boundOutputs {
            try unsafe api.check(
                "bind the output \(name)", unsafe jb_BindOutputToDevice(api.table, handle, name, memory))
        }
    }

    /// Runs with what is bound.
    ///
    /// - Returns: the bound outputs by name.
    /// - Throws: when an input or every output is unbound, and as ``InferenceSession/runBlocking(_:outputs:cancellation:)``.
    public func run(cancellation: RunCancellation? = nil) throws -> [String: Tensor] {
        if let missing = session.inputs.first(where: { boundInputs[$0.name] == nil }) {
            throw session.invalid("the input \(missing.name) is not bound")
        }
        guard !boundOutputs.isEmpty else { throw session.invalid("no output is bound") }
        try bindOutputsAnew()
        let api = session.runtime.api
        let run = { (options: OpaquePointer?) in
            try unsafe api.check(
                self.session.operation, unsafe jb_RunWithBinding(api.table, self.session.handle, options, self.handle))
        }
        if let cancellation {
            try unsafe cancellation.withRunOptions(api) { unsafe try run($0) }
        } else {
            try run(nil)
        }
        return try results()
    }

    /// Lets go of all inputs and outputs.
    public func clear() {
        let api = session.runtime.api
        unsafe jb_ClearBoundInputs(api.table, handle)
        unsafe jb_ClearBoundOutputs(api.table, handle)
        boundInputs = [:]
        boundOutputs = []
    }

    private func results() throws -> [String: Tensor] {
        let api = session.runtime.api
        var values: UnsafeMutablePointer<OpaquePointer?>?
        var count = 0
        try unsafe api.check(
            "read bound outputs", unsafe jb_GetBoundOutputValues(api.table, handle, api.allocator, &values, &count))
        guard let values = unsafe values else { return [:] }
        defer { unsafe jb_ReleaseStatus(api.table, jb_AllocatorFree(api.table, api.allocator, values)) }
        var made: [String: Tensor] = [:]
        var failure: (any Error)?
        for index in 0..<count {
            guard let value = unsafe values[index] else { continue }
            do {
                let tensor = unsafe try Tensor(taking: value, api: api)
                if index < boundOutputs.count { made[boundOutputs[index]] = tensor }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return made
    }
}

extension InferenceSession {
    /// A binding of this session.
    public func makeBinding() throws -> IoBinding { try IoBinding(self) }
}
