/// The type of a tensor's elements; raw values are the engine's.
public enum ElementType: Int32, Sendable, Hashable {
    case undefined = 0
    /// Single precision, the type in which networks compute by default.
    case float32 = 1
    /// Named by their width in bits. A `bool` takes a byte, and a `string` has no fixed size.
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
    /// Named by their width in bits, which for a complex number is the width of both parts together.
    case complex64, complex128, bfloat16
    /// Narrow float and integer types that nothing here computes with.
    case other = 99

    init(engineValue: Int32) { self = ElementType(rawValue: engineValue) ?? .other }

    /// Bytes per element; nil if elements have no fixed size.
    public var stride: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64, .complex64: 8
        case .complex128: 16
        case .undefined, .string, .other: nil
        }
    }
}

/// A Swift type whose values tensors can hold as they are.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The engine's type with the same layout in memory.
    static var elementType: ElementType { get }
}

extension Float: TensorElement { public static var elementType: ElementType { .float32 } }
extension Double: TensorElement { public static var elementType: ElementType { .float64 } }
extension Int64: TensorElement { public static var elementType: ElementType { .int64 } }
extension Int32: TensorElement { public static var elementType: ElementType { .int32 } }
extension Int8: TensorElement { public static var elementType: ElementType { .int8 } }
extension UInt8: TensorElement { public static var elementType: ElementType { .uint8 } }
extension Bool: TensorElement { public static var elementType: ElementType { .bool } }
extension Float16: TensorElement { public static var elementType: ElementType { .float16 } }
