package import Foundation

/// Writes the data of a graph's tensors, one after the other, into a file beside it.
package struct ExternalDataFile: ~Copyable {
    /// The engine maps tensors into memory; processors load aligned numbers fastest.
    private static let alignment = 64

    private let handle: FileHandle
    private var end = 0

    /// Replaces a file that is there.
    package init(creating url: URL) throws {
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
    }

    /// Appends a tensor whose data come in pieces.
    ///
    /// - Parameter write: calls its argument with one piece after the other, little-endian and row-major.
    package mutating func append(
        _ type: GraphElementType, shape: [Int], write: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> ExternalTensor {
        let padding = (Self.alignment - end % Self.alignment) % Self.alignment
        if padding > 0 { try handle.write(contentsOf: Data(count: padding)) }
        let start = end + padding
        var count = 0
        try write { [handle] piece in
            try handle.write(contentsOf: Data(piece))
            count += piece.count
        }
        end = start + count
        return ExternalTensor(type: type, shape: shape, offset: start, byteCount: count)
    }

    /// Appends a tensor of which all values are at hand.
    package mutating func append<Value: BitwiseCopyable>(
        _ type: GraphElementType, shape: [Int], _ values: [Value]
    ) throws -> ExternalTensor {
        try append(type, shape: shape) { write in try values.withUnsafeBytes(write) }
    }

    /// Writes what is still on its way; nothing can be appended afterwards.
    package consuming func close() throws {
        try handle.close()
    }
}
