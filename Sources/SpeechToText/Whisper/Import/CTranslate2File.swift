import BridgeSupport
import Foundation
import OnnxGraph

/// The table of contents of a CTranslate2 `model.bin`: where each variable's data lies.
///
/// The file comes from the network, so every number in it is checked against the file before it is used. Format: `serialize` in
/// https://github.com/OpenNMT/CTranslate2/blob/master/python/ctranslate2/specs/model_spec.py.
struct CTranslate2File {
    struct Variable: Equatable {
        var type: ElementType
        var shape: [Int]
        /// Bytes from the beginning of the file.
        var offset: Int
    }

    enum ElementType: UInt8 {
        case float32 = 0, int8, int16, int32, float16, bfloat16

        var byteCount: Int {
            switch self {
            case .float32, .int32: 4
            case .int16, .float16, .bfloat16: 2
            case .int8: 1
            }
        }
    }

    /// The layout that CTranslate2 2 to 4 write.
    private static let version: UInt32 = 6

    /// The kind of network, such as "WhisperSpec".
    let specification: String
    /// How often the names and meanings of its variables have changed.
    let revision: Int
    private(set) var variables: [String: Variable] = [:]

    /// Reads the table of contents only.
    ///
    /// - Throws: `ServiceError` naming the file and what is wrong with it.
    init(readingTableOf url: URL) throws(ServiceError) {
        do {
            var cursor = try Cursor(url)
            guard try cursor.number(UInt32.self) == Self.version else {
                throw Malformed(
                    "it is not in version \(Self.version) of CTranslate2's format; convert the model again with CTranslate2 4"
                )
            }
            specification = try cursor.name()
            revision = Int(try cursor.number(UInt32.self))
            for _ in 0..<(try cursor.number(UInt32.self)) {
                let name = try cursor.name()
                guard variables.updateValue(try cursor.variable(name), forKey: name) == nil else {
                    throw Malformed("it holds \"\(name.prefix(80))\" twice")
                }
            }
            for _ in 0..<(try cursor.number(UInt32.self)) {
                let alias = try cursor.name()
                variables[alias] = variables[try cursor.name()]
            }
            guard cursor.isAtEnd else { throw Malformed("it goes on after its end") }
        } catch {
            let reason = (error as? Malformed)?.reason ?? "it cannot be read"
            throw conversionFailure(url.lastPathComponent, reason, cause: error)
        }
    }

    /// The value of a variable with a single whole number, such as the number of heads; nil if there is none.
    func wholeNumber(_ name: String, in url: URL) -> Int? {
        guard let variable = variables[name], variable.shape.allSatisfy({ $0 == 1 }), variable.type == .int16,
            var cursor = try? Cursor(url, at: variable.offset)
        else { return nil }
        return (try? cursor.number(Int16.self)).map(Int.init)
    }

    fileprivate struct Malformed: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// Reads numbers and names, one after the other.
    private struct Cursor {
        private let handle: FileHandle
        private let size: Int
        private var position: Int
        /// The bytes from `position` on that have been read ahead.
        private var ahead = Data()

        init(_ url: URL, at position: Int = 0) throws {
            handle = try FileHandle(forReadingFrom: url)
            size = Int(clamping: try handle.seekToEnd())
            self.position = position
        }

        var isAtEnd: Bool { position == size }

        mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
            try take(Number.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
        }

        /// A length, then as many bytes, of which the last is zero.
        mutating func name() throws -> String {
            let length = Int(try number(UInt16.self))
            let bytes = try take(length)
            guard length > 0, bytes.last == 0, let name = String(validating: bytes.dropLast(), as: UTF8.self) else {
                throw Malformed("one of its names is damaged")
            }
            return name
        }

        /// A variable's entry; goes on behind its data.
        mutating func variable(_ name: String) throws -> Variable {
            let rank = try number(UInt8.self)
            let shape = try (0..<rank).map { _ in Int(try number(UInt32.self)) }
            let code = try number(UInt8.self)
            let byteCount = Int(try number(UInt32.self))
            guard let type = ElementType(rawValue: code) else {
                throw Malformed("\"\(name.prefix(80))\" has the unknown type \(code)")
            }
            let expected = shape.reduce(type.byteCount as Int?) { product, length in
                product.flatMap {
                    let (result, overflow) = $0.multipliedReportingOverflow(by: length)
                    return overflow ? nil : result
                }
            }
            guard byteCount == expected, byteCount <= size - position else {
                throw Malformed(
                    byteCount == expected
                        ? "it ends within \"\(name.prefix(80))\"; half of it is missing"
                        : "the size of \"\(name.prefix(80))\" does not fit its shape")
            }
            defer { skip(byteCount) }
            return Variable(type: type, shape: shape, offset: position)
        }

        private mutating func skip(_ count: Int) {
            position += count
            ahead = ahead.count > count ? ahead.dropFirst(count) : Data()
        }

        private mutating func take(_ count: Int) throws -> Data {
            if ahead.count < count {
                try handle.seek(toOffset: UInt64(position))
                ahead = try handle.read(upToCount: max(count, 4096)) ?? Data()
                guard ahead.count >= count else { throw Malformed("it is cut off") }
            }
            let bytes = ahead.prefix(count)
            skip(count)
            return bytes
        }
    }
}
