import BridgeSupport
import Yams

extension JSONValue {
    /// The value of a YAML document. Aliases have already been replaced by the nodes that their anchors name.
    init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = Self.scalar(node) ?? .string(scalar.string)
        case .sequence(let items): self = .array(items.map(JSONValue.init))
        case .mapping(let members):
            self = .object(
                Dictionary(members.map { ($0.key.string ?? "", JSONValue($0.value)) }, uniquingKeysWith: { $1 }))
        case .alias: self = .null
        }
    }

    /// nil for a text.
    private static func scalar(_ node: Node) -> JSONValue? {
        switch node.tag.description {
        case Tag.Name.null.rawValue: .null
        case Tag.Name.bool.rawValue: node.bool.map(JSONValue.bool)
        case Tag.Name.int.rawValue: node.int.map { .number(JSONNumber($0)) }
        case Tag.Name.float.rawValue: node.float.map { .number(JSONNumber($0)) }
        default: nil
        }
    }
}
