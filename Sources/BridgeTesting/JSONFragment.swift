public import BridgeSupport

/// Any JSON inside a fixture or a text, as Foundation reads it.
public struct JSONFragment: Decodable {
    /// The value of the fragment.
    public var value: JSONValue

    public init(from decoder: any Decoder) throws {
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
}
