/// A JSON value that owns what it holds: to be kept, made by hand, or passed on without interpretation (JSON schemas).
public indirect enum JSONValue: Sendable, Hashable, Encodable {
    /// Of equal keys in an object, the last counts.
    case null, bool(Bool), number(JSONNumber), string(String), array([JSONValue]), object([String: JSONValue])

    /// Parses a text; see ``JSONDocument``.
    ///
    /// - Throws: the first error in it.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        self.init(try JSONNode(parsing: bytes, limits: limits))
    }

    /// Makes texts and numbers of a value and of everything in it. Of equal keys the last counts.
    public init(_ node: JSONNode) {
        if let text = node.string {
            self = .string(text)
        } else if let number = node.number {
            self = .number(number)
        } else if let elements = node.array {
            self = .array(elements.map(JSONValue.init))
        } else if let members = node.object {
            self = .object(Dictionary(members.map { ($0.key, JSONValue($0.value)) }) { $1 })
        } else {
            self = node.bool.map(JSONValue.bool) ?? .null
        }
    }

    /// Writes the value as it is; the members of an object in any order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
