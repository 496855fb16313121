import BridgeSupport
import BridgeTesting
import Foundation

/// Handed to our own parser.
extension JSONFragment {
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
