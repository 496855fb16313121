internal import COnnxRuntime

/// A dense array in the engine's memory.
///
/// Its values never change once it is made, so it may be shared between tasks and fed to any number of runs, even as the output of
/// one and the input of the next, without a copy. It lives as long as somebody refers to it.
@safe public final class Tensor: Sendable {
    /// Row-major; empty for a scalar.
    public let shape: [Int]
    /// The type of the values.
    public let elementType: ElementType
    /// Number of elements.
    public let count: Int
    // Owned: made in an initialiser, released in deinit, and in between written only by a run that is told to. The engine's
    // values are plain reference-counted objects that any thread may read.
    nonisolated(unsafe) let value: OpaquePointer
    private let api: EngineAPI

    /// Takes ownership of a value that a run made.
    ///
    /// - Throws: if it is not a tensor.
    init(taking value: OpaquePointer, api: EngineAPI) throws {
        unsafe self.value = unsafe value
        self.api = api
        var isTensor: Int32 = 0
        do {
            try unsafe api.check("look at a result", unsafe jb_IsTensor(api.table, value, &isTensor))
            guard isTensor != 0 else {
                throw OnnxRuntimeError(
                    operation: "read a result", code: .notImplemented,
                    message: "it is a sequence or a map, not a tensor")
            }
            var info: OpaquePointer?
            try unsafe api.check("look at a result", unsafe jb_GetTensorTypeAndShape(api.table, value, &info))
            defer { unsafe jb_ReleaseTensorTypeAndShapeInfo(api.table, info) }
            (elementType, shape) = try unsafe api.elementTypeAndShape(unsafe info)
            count = shape.reduce(1, *)
        } catch {
            unsafe jb_ReleaseValue(api.table, value)
            throw error
        }
    }

    /// - Parameter fill: gets `count` elements, all of which it must set; an empty tensor has no memory.
    private init<E: TensorElement>(
        shape: [Int], filling type: E.Type, with fill: (UnsafeMutableBufferPointer<E>) throws -> Void
    ) throws {
        let api = try EngineAPI.loaded()
        count = try Self.elementCount(shape, stride: MemoryLayout<E>.stride)
        var made: OpaquePointer?
        let dimensions = shape.map(Int64.init)
        try unsafe api.check(
            "make a tensor of shape \(shape)",
            unsafe jb_CreateTensor(
                api.table, api.allocator, dimensions, dimensions.count, E.elementType.rawValue, &made))
        guard let value = unsafe made else {
            throw OnnxRuntimeError(operation: "make a tensor", code: .failure, message: "the engine gave none")
        }
        unsafe self.value = unsafe value
        self.api = api
        self.shape = shape
        elementType = E.elementType
        // From here on deinit releases the value, even if this throws.
        guard count > 0 else { return }
        var data: UnsafeMutableRawPointer?
        try unsafe api.check("fill a tensor", unsafe jb_GetTensorMutableData(api.table, value, &data))
        guard let start = unsafe data else {
            throw OnnxRuntimeError(operation: "fill a tensor", code: .failure, message: "it has no memory")
        }
        try unsafe fill(unsafe UnsafeMutableBufferPointer(start: start.assumingMemoryBound(to: E.self), count: count))
    }

    /// - Throws: for a negative length, and for more bytes than memory can have.
    private static func elementCount(_ shape: [Int], stride: Int) throws -> Int {
        var bytes = stride
        for length in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else {
                throw OnnxRuntimeError(
                    operation: "make a tensor", code: .invalidArgument, message: "no tensor can have the shape \(shape)"
                )
            }
            bytes = product
        }
        return bytes / stride
    }

    /// A tensor that `fill` fills in place.
    ///
    /// Tensors belong to the engine, so ``OnnxRuntime/load(_:dataDirectory:environment:log:)`` must have succeeded before.
    ///
    /// - Parameter fill: gets `count` elements, zeroed; not called for an empty tensor.
    public convenience init<E: TensorElement>(
        shape: [Int], of type: E.Type = E.self, initializing fill: (UnsafeMutableBufferPointer<E>) throws -> Void
    ) throws {
        try unsafe self.init(shape: shape, filling: type) { buffer in
            // All bits zero is zero in every element type.
            unsafe UnsafeMutableRawBufferPointer(buffer).initializeMemory(as: UInt8.self, repeating: 0)
            try unsafe fill(buffer)
        }
    }

    /// A tensor with these values, in row-major order; one copy is made.
    ///
    /// - Throws: if `shape` does not hold as many elements as `values`.
    public convenience init<E: TensorElement>(_ values: [E], shape: [Int]) throws {
        guard try Self.elementCount(shape, stride: MemoryLayout<E>.stride) == values.count else {
            throw OnnxRuntimeError(
                operation: "make a tensor", code: .invalidArgument,
                message: "its shape \(shape) does not hold the \(values.count) values given")
        }
        try unsafe self.init(shape: shape, filling: E.self) { _ = unsafe $0.update(fromContentsOf: values) }
    }

    deinit { unsafe jb_ReleaseValue(api.table, value) }

    /// Reads the values in place. The buffer must not leave `body`.
    ///
    /// - Throws: if the tensor holds another type.
    public func withValues<E: TensorElement, R>(as type: E.Type, _ body: (UnsafeBufferPointer<E>) throws -> R) throws
        -> R
    {
        guard E.elementType == elementType else {
            throw OnnxRuntimeError(
                operation: "read a tensor", code: .invalidArgument,
                message: "it holds \(elementType), not \(E.elementType)")
        }
        var data: UnsafeMutableRawPointer?
        try unsafe api.check("read a tensor", unsafe jb_GetTensorMutableData(api.table, value, &data))
        let start = unsafe data.map { unsafe UnsafePointer($0.assumingMemoryBound(to: E.self)) }
        return try withExtendedLifetime(self) {
            try unsafe body(unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
        }
    }

    /// A copy of the values.
    public func values<E: TensorElement>(as type: E.Type) throws -> [E] {
        try unsafe withValues(as: type) { unsafe Array($0) }
    }

    /// A copy of the values as Float, from any floating-point type.
    public func floats() throws -> [Float] {
        switch elementType {
        case .float16: try values(as: Float16.self).map(Float.init)
        case .float64: try values(as: Double.self).map { Float($0) }
        default: try values(as: Float.self)
        }
    }
}

extension EngineAPI {
    /// The contents of a type-and-shape object; lengths that are not fixed are -1.
    func elementTypeAndShape(_ info: OpaquePointer?) throws(OnnxRuntimeError) -> (ElementType, [Int]) {
        var type: Int32 = 0
        try unsafe check("read a tensor type", unsafe jb_GetTensorElementType(table, info, &type))
        var rank = 0
        try unsafe check("read a tensor shape", unsafe jb_GetDimensionsCount(table, info, &rank))
        var dimensions = [Int64](repeating: 0, count: rank)
        try unsafe check("read a tensor shape", unsafe jb_GetDimensions(table, info, &dimensions, rank))
        return (ElementType(engineValue: type), dimensions.map { Int($0) })
    }
}
