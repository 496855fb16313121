import Foundation

@testable import Tokenizers

/// Any JSON inside a fixture, handed to our own parser.
struct JSONFragment: Decodable {
    var node: JSONNode
    var text: String { node.compact }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            node = .null
        } else if let value = try? container.decode(Bool.self) {
            node = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            node = .number(value)
        } else if let value = try? container.decode(String.self) {
            node = .string(value)
        } else if let value = try? container.decode([JSONFragment].self) {
            node = .array(value.map(\.node))
        } else {
            node = .object(try container.decode([String: JSONFragment].self).map { ($0.key, $0.value.node) })
        }
    }
}

extension JSONNode {
    func replacing(_ key: String, by value: JSONNode) -> JSONNode {
        guard case .object(let members) = self else { return self }
        return .object(members.map { ($0.key, $0.key == key ? value : $0.value) })
    }

    func replacing(string old: String, by new: String) -> JSONNode {
        switch self {
        case .string(old): .string(new)
        case .array(let elements): .array(elements.map { $0.replacing(string: old, by: new) })
        case .object(let members): .object(members.map { ($0.key, $0.value.replacing(string: old, by: new)) })
        default: self
        }
    }

    var compact: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value.debugDescription
        case .array(let elements): "[\(elements.map(\.compact).joined(separator: ","))]"
        case .object(let members): "{\(members.map { "\($0.key):\($0.value.compact)" }.joined(separator: ","))}"
        }
    }
}
