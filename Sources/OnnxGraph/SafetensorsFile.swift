package import BridgeSupport
package import Foundation

/// The header of a `.safetensors` file: where each tensor's data lies.
///
/// The file comes from the network, so every number in its header is checked against the file before it is used.
/// Format: https://github.com/huggingface/safetensors.
package struct SafetensorsFile {
    package struct Tensor: Equatable {
        package var type: ElementType
        package var shape: [Int]
        /// Bytes from the beginning of the file.
        package var offset: Int
        package var byteCount: Int
    }

    package enum ElementType: String {
        case float64 = "F64"
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case int64 = "I64"
        case int32 = "I32"
        case int16 = "I16"
        case int8 = "I8"
        case uint64 = "U64"
        case uint32 = "U32"
        case uint16 = "U16"
        case uint8 = "U8"
        case bool = "BOOL"

        var byteCount: Int {
            switch self {
            case .float64, .int64, .uint64: 8
            case .float32, .int32, .uint32: 4
            case .float16, .bfloat16, .int16, .uint16: 2
            case .int8, .uint8, .bool: 1
            }
        }
    }

    /// Row-major, little-endian tensors by name.
    package private(set) var tensors: [String: Tensor]

    /// A hundred times the header of Whisper large; the reference allows more, which would take gigabytes to read.
    private static let largestHeader = 16 << 20
    private static let mostTensors = 1 << 16

    /// Reads the header only.
    ///
    /// - Throws: `ServiceError` naming the file and what is wrong with it.
    package init(readingHeaderOf url: URL) throws(ServiceError) {
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            let size = Int(clamping: try handle.seekToEnd())
            try handle.seek(toOffset: 0)
            let prefix = try handle.read(upToCount: 8) ?? Data()
            guard prefix.count == 8 else { throw Malformed("it is too short") }
            let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(size - 8) else { throw Malformed("its header would end after the file") }
            guard length <= UInt64(Self.largestHeader) else {
                throw Malformed("its header of \(length) bytes is far too large for a model")
            }
            let header = try handle.read(upToCount: Int(length)) ?? Data()
            guard header.count == Int(length) else { throw Malformed("it is cut off") }
            tensors = try Self.parse(header, dataStart: 8 + Int(length), fileSize: size)
        } catch {
            let reason = (error as? Malformed)?.reason ?? "it cannot be read"
            throw conversionFailure(url.lastPathComponent, reason, cause: error)
        }
    }

    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    /// Tensors, and the one member that is not a tensor.
    private struct Header: Decodable {
        var entries: [String: Entry] = [:]

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys where key.stringValue != "__metadata__" {
                entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
        }
    }

    private static func parse(_ header: Data, dataStart: Int, fileSize: Int) throws -> [String: Tensor] {
        guard let entries = try? JSONNode(parsing: [UInt8](header)).decode(Header.self).entries else {
            throw Malformed("its header is not the JSON of a safetensors file")
        }
        guard entries.count <= mostTensors else {
            throw Malformed("its \(entries.count) tensors are far too many for a model")
        }
        let tensors = try Dictionary(
            uniqueKeysWithValues: entries.map { name, entry in
                guard let type = ElementType(rawValue: entry.dtype) else {
                    throw Malformed("the tensor \"\(name)\" has the unknown type \"\(entry.dtype)\"")
                }
                let bytes = entry.shape.reduce(type.byteCount as Int?) { product, length in
                    guard let product, length >= 0 else { return nil }
                    let (result, overflow) = product.multipliedReportingOverflow(by: length)
                    return overflow ? nil : result
                }
                let offsets = entry.data_offsets
                guard let bytes, offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
                    offsets[1] <= fileSize - dataStart, offsets[1] - offsets[0] == bytes
                else { throw Malformed("the place of the tensor \"\(name)\" does not fit its shape or the file") }
                return (
                    name, Tensor(type: type, shape: entry.shape, offset: dataStart + offsets[0], byteCount: bytes)
                )
            })
        try checkOrder(tensors, from: dataStart, to: fileSize)
        return tensors
    }

    /// The tensors follow one another without gaps up to the end of the file, as the format demands: a file that breaks that rule
    /// hides something.
    private static func checkOrder(_ tensors: [String: Tensor], from start: Int, to end: Int) throws {
        var place = start
        for (name, tensor) in tensors.sorted(by: {
            ($0.value.offset, $0.value.byteCount) < ($1.value.offset, $1.value.byteCount)
        }) {
            guard tensor.offset == place else {
                throw Malformed("the tensor \"\(name)\" does not begin where the one before it ends")
            }
            place += tensor.byteCount
        }
        guard place == end else { throw Malformed("it goes on after its last tensor") }
    }
}

/// A model whose files cannot be turned into ONNX.
package func conversionFailure(_ file: String, _ reason: String, cause: (any Error)? = nil) -> ServiceError {
    ServiceError(
        .modelNotInstalled,
        "The model could not be converted to ONNX because of its file \(file): \(reason). Get that file anew, or choose another model.",
        cause: cause)
}
