import BridgeSupport
import OnnxRuntime

extension Tensor {
    /// Floating-point values in the element type that a model expects.
    static func floats(_ values: [Float], shape: [Int], as type: ElementType) throws -> Tensor {
        if type == .float16 { return try Tensor(values.map { Float16($0) }, shape: shape) }
        return try Tensor(values, shape: shape)
    }

    /// Token ids in the integer type that a model expects.
    static func tokens(_ values: [Int], shape: [Int], as type: ElementType) throws -> Tensor {
        if type == .int32 { return try Tensor(values.map { Int32(truncatingIfNeeded: $0) }, shape: shape) }
        return try Tensor(values.map { Int64($0) }, shape: shape)
    }

    /// The same values as `type`; itself if that is its type already.
    func converted(to type: ElementType) throws -> Tensor {
        type == elementType ? self : try Tensor.floats(try floats(), shape: shape, as: type)
    }

    /// A tensor whose i-th row (index into the first dimension) is row `rows[i]` of this one.
    func gatheringRows(_ rows: [Int]) throws -> Tensor {
        switch elementType {
        case .float16: try gathering(rows, Float16.self)
        default: try gathering(rows, Float.self)
        }
    }

    private func gathering<Element: TensorElement>(_ rows: [Int], _: Element.Type) throws -> Tensor {
        let size = shape.dropFirst().reduce(1, *)
        return try withValues(as: Element.self) { source in
            try Tensor(shape: [rows.count] + shape.dropFirst()) { (target: UnsafeMutableBufferPointer<Element>) in
                for (place, row) in rows.enumerated() {
                    _ = UnsafeMutableBufferPointer(rebasing: target[place * size..<(place + 1) * size])
                        .update(fromContentsOf: source[row * size..<(row + 1) * size])
                }
            }
        }
    }

    /// Copies `row`, `position` of logits `[rows, positions, vocabulary]` into `buffer`.
    func copyLogits(row: Int, position: Int, into buffer: inout [Float]) throws {
        guard shape.count == 3, shape[2] == buffer.count, row < shape[0], position < shape[1] else {
            throw ServiceError(
                .internal, "The speech model gave logits of shape \(shape) for a vocabulary of \(buffer.count).")
        }
        let width = shape[2]
        let start = (row * shape[1] + position) * width
        if elementType == .float16 {
            try withValues(as: Float16.self) { values in
                for index in 0..<width { buffer[index] = Float(values[start + index]) }
            }
            return
        }
        try withValues(as: Float.self) { values in
            buffer.withUnsafeMutableBufferPointer { target in
                _ = target.update(fromContentsOf: values[start..<start + width])
            }
        }
    }
}

extension [String: Tensor] {
    /// The output `name`, which was requested by this name.
    func required(_ name: String) throws -> Tensor {
        guard let tensor = self[name] else {
            throw ServiceError(.internal, "The speech model gave no output '\(name)'.")
        }
        return tensor
    }
}
