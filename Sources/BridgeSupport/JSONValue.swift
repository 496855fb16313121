public import Foundation

/// A JSON value that is passed on without being understood (JSON schemas).
public indirect enum JSONValue: Sendable, Hashable, Encodable {
    case null, bool(Bool), number(Double), string(String), array([JSONValue]), object([String: JSONValue])

    /// Parses a text in UTF-8, in time that grows with its length only, however deep it is. Of a name that is there twice the
    /// last value counts.
    ///
    /// `Decodable` is not for this: it tells a value's type by failing at the others, and each failure costs the more the
    /// deeper the value lies.
    ///
    /// - Throws: what is wrong, where the text is no JSON, holds half of a surrogate pair or too large a number, or is more
    ///   than 512 levels deep.
    public init(parsing data: Data) throws {
        // The parser would take UTF-16 and UTF-32 as well: one of their first two bytes is 0, or they begin with a mark.
        guard !data.prefix(2).contains(where: { $0 == 0 || $0 >= 0xFE }) else {
            throw CocoaError(.propertyListReadCorrupt)
        }
        self.init(try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed))
    }

    /// - Parameter value: as `JSONSerialization` gives it.
    private init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let items as [Any]: self = .array(items.map(JSONValue.init))
        case let fields as [String: Any]: self = .object(fields.mapValues(JSONValue.init))
        case let number as NSNumber:
            // Only true and false are of C's type char.
            self =
                unsafe number.objCType.pointee == CChar(UInt8(ascii: "c"))
                ? .bool(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        // Integers stay integers: 1 must not become 1.0 in a schema.
        case .number(let value):
            if let whole = Int64(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
