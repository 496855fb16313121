import BridgeSupport
import Foundation

/// Any JSON inside a fixture, handed to our own parser.
struct JSONFragment: Decodable {
    var value: JSONValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let flag = try? container.decode(Bool.self) {
            value = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            value = .number(JSONNumber(number))
        } else if let text = try? container.decode(String.self) {
            value = .string(text)
        } else if let items = try? container.decode([JSONFragment].self) {
            value = .array(items.map(\.value))
        } else {
            value = .object(try container.decode([String: JSONFragment].self).mapValues(\.value))
        }
    }

    func node() throws -> JSONNode { try value.node() }
    var text: String { (try? String(decoding: value.bytes(), as: UTF8.self)) ?? "" }
}

extension JSONValue {
    func bytes() throws -> [UInt8] { [UInt8](try JSONEncoder().encode(self)) }
    func node() throws -> JSONNode { try JSONNode(parsing: bytes()) }

    func replacing(_ key: String, by value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }

    func replacing(string old: String, by new: String) -> JSONValue {
        switch self {
        case .string(old): .string(new)
        case .array(let elements): .array(elements.map { $0.replacing(string: old, by: new) })
        case .object(let members): .object(members.mapValues { $0.replacing(string: old, by: new) })
        default: self
        }
    }
}
