/// The element types of the tensors that graphs are made of here.
package enum GraphElementType: Sendable {
    case float32
    case float16
    case uint8
    case int8
    case int32
    case int64
    case bool

    var number: Onnx_TensorProto.DataType {
        switch self {
        case .float32: .float
        case .float16: .float16
        case .uint8: .uint8
        case .int8: .int8
        case .int32: .int32
        case .int64: .int64
        case .bool: .bool
        }
    }
}

/// A tensor whose data lie in a file beside the graph: row-major, little-endian.
package struct ExternalTensor: Sendable, Equatable {
    package var type: GraphElementType
    package var shape: [Int]
    /// Bytes from the beginning of the file.
    package var offset: Int
    package var byteCount: Int

    package init(type: GraphElementType, shape: [Int], offset: Int, byteCount: Int) {
        (self.type, self.shape, self.offset, self.byteCount) = (type, shape, offset, byteCount)
    }
}
