extension JSONNode {
    /// Decodes a value of a `Decodable` type.
    ///
    /// - Throws: `DecodingError` with the path of the value that is missing or of another type.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try NodeDecoder(node: self, codingPath: []).decode(type)
    }
}

/// One value, and where it was found.
private struct NodeDecoder: Decoder, SingleValueDecodingContainer {
    let node: JSONNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = node.object else { throw mismatch([String: JSONValue].self) }
        let values = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        return KeyedDecodingContainer(NodeMembers(values: values, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = node.array else { throw mismatch([JSONValue].self) }
        return NodeElements(elements: Array(elements), codingPath: codingPath)
    }

    func decodeNil() -> Bool { node.isNull }

    /// Also decodes the simple types of the protocol. Their own initialisers would ask this decoder again, so they are answered here.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let simple: (any Decodable)?
        switch type {
        case is Bool.Type: simple = node.bool
        case is String.Type: simple = node.string
        case is Double.Type: simple = node.double
        case is Float.Type: simple = node.double.map { Float($0) }
        case let type as any (FixedWidthInteger & Decodable).Type: simple = whole(type)
        default: return try Value(from: self)
        }
        guard let value = simple as? Value else { throw mismatch(type) }
        return value
    }

    private func whole<Value: FixedWidthInteger & Decodable>(_ type: Value.Type) -> (any Decodable)? {
        node.integer.flatMap { Value(exactly: $0) }
    }

    private func mismatch<Value>(_ type: Value.Type) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "The value is of another type.")
        return node.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

private struct NodeMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let values: [String: JSONNode]
    let codingPath: [any CodingKey]

    var allKeys: [Key] { values.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { values[key.stringValue] != nil }

    private func decoder(_ key: any CodingKey) throws -> NodeDecoder {
        guard let node = values[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "There is no such member."))
        }
        return NodeDecoder(node: node, codingPath: codingPath + [key])
    }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(key).decode(type)
    }

    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Inner>
    {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try decoder(Place("super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct NodeElements: UnkeyedDecodingContainer {
    let elements: [JSONNode]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(elements: [JSONNode], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    private func decoder() throws -> NodeDecoder {
        let path = codingPath + [Place("\(currentIndex)")]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                JSONValue.self, .init(codingPath: path, debugDescription: "The array ends before."))
        }
        return NodeDecoder(node: elements[currentIndex], codingPath: path)
    }

    mutating func decodeNil() throws -> Bool {
        guard try decoder().decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try decoder().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) throws -> KeyedDecodingContainer<Inner> {
        let container = try decoder().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try decoder().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let inner = try decoder()
        currentIndex += 1
        return inner
    }
}

/// A place in an array, or a name that no type has listed.
private struct Place: CodingKey {
    let stringValue: String
    var intValue: Int? { Int(stringValue) }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { stringValue = "\(intValue)" }
}
