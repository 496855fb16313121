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
            var file = try BinaryFile(url)
            guard try file.number(UInt32.self) == Self.version else {
                throw Malformed(
                    "it is not in version \(Self.version) of CTranslate2's format; convert the model again with CTranslate2 4"
                )
            }
            specification = try file.name()
            revision = Int(try file.number(UInt32.self))
            for _ in 0..<(try file.number(UInt32.self)) {
                let name = try file.name()
                guard variables.updateValue(try file.variable(name), forKey: name) == nil else {
                    throw Malformed("it holds \"\(name.prefix(80))\" twice")
                }
            }
            for _ in 0..<(try file.number(UInt32.self)) {
                let alias = try file.name()
                variables[alias] = variables[try file.name()]
            }
            guard file.isAtEnd else { throw Malformed("it goes on after its end") }
        } catch {
            let reason = (error as? Malformed)?.reason ?? "it cannot be read"
            throw conversionFailure(url.lastPathComponent, reason, cause: error)
        }
    }

    /// The value of a variable with a single whole number, such as the number of heads; nil if there is none.
    func wholeNumber(_ name: String, in url: URL) -> Int? {
        guard let variable = variables[name], variable.shape.allSatisfy({ $0 == 1 }), variable.type == .int16,
            var file = try? BinaryFile(url)
        else { return nil }
        do {
            try file.move(to: variable.offset)
            return Int(try file.number(Int16.self))
        } catch {
            return nil
        }
    }
}

extension BinaryFile {
    /// A length, then as many bytes, of which the last is zero.
    fileprivate mutating func name() throws -> String {
        let bytes = try read(Int(try number(UInt16.self)))
        guard bytes.last == 0, let name = String(validating: bytes.dropLast(), as: UTF8.self) else {
            throw Malformed("one of its names is damaged")
        }
        return name
    }

    /// The entry of the variable `name`; goes on behind its data.
    fileprivate mutating func variable(_ name: String) throws -> CTranslate2File.Variable {
        let rank = try number(UInt8.self)
        let shape = try (0..<rank).map { _ in Int(try number(UInt32.self)) }
        let code = try number(UInt8.self)
        let byteCount = Int(try number(UInt32.self))
        guard let type = CTranslate2File.ElementType(rawValue: code) else {
            throw Malformed("\"\(name.prefix(80))\" has the unknown type \(code)")
        }
        // An empty tensor must not hide lengths whose product is too large to be computed.
        let bounded = shape.reduce(type.byteCount as Int?) { product, length in
            product.flatMap {
                let (result, overflow) = $0.multipliedReportingOverflow(by: max(1, length))
                return overflow ? nil : result
            }
        }
        let expected = shape.contains(0) ? bounded.map { _ in 0 } : bounded
        guard byteCount == expected, byteCount <= size - position else {
            throw Malformed(
                byteCount == expected
                    ? "it ends within \"\(name.prefix(80))\"; half of it is missing"
                    : "the size of \"\(name.prefix(80))\" does not fit its shape")
        }
        let variable = CTranslate2File.Variable(type: type, shape: shape, offset: position)
        try move(to: position + byteCount)
        return variable
    }
}
