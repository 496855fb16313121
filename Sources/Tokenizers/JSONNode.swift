/// One value of a JSON text, with the members of objects in the order of the file.
///
/// This is a parser of our own because `tokenizer.json` keeps its vocabulary as the keys of an object: Foundation's
/// decoders put keys into a `[String: …]`, where two pieces that are canonically equivalent but differ in their bytes
/// (U+8C48 and the compatibility ideograph U+F900) would become one.
enum JSONNode: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object([(key: String, value: JSONNode)])

    /// Where and why a text is not JSON.
    struct SyntaxError: Error, CustomStringConvertible {
        var reason: String
        var offset: Int
        var description: String { "\(reason) at byte \(offset)" }
    }

    init(parsing bytes: [UInt8]) throws(SyntaxError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }

    /// The member `key` of an object; nil when there is none, or it is null, or this is no object.
    subscript(key: String) -> JSONNode? {
        guard case .object(let members) = self, let value = members.last(where: { $0.key == key })?.value else {
            return nil
        }
        if case .null = value { return nil }
        return value
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var array: [JSONNode]? { if case .array(let value) = self { value } else { nil } }
    var object: [(key: String, value: JSONNode)]? { if case .object(let value) = self { value } else { nil } }
    /// A whole number that fits; nil for fractions.
    var integer: Int? { number.flatMap { Int(exactly: $0) } }
}

/// Recursive descent over UTF-8 bytes (RFC 8259), bounded in depth.
private struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    static let deepest = 64

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONNode.SyntaxError) -> JSONNode {
        let node = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw failure("Unexpected text after the value") }
        return node
    }

    private func failure(_ reason: String) -> JSONNode.SyntaxError { .init(reason: reason, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONNode.SyntaxError) {
        guard next == byte else { throw failure("Expected '\(Character(Unicode.Scalar(byte)))'") }
        position += 1
    }

    private mutating func value(depth: Int) throws(JSONNode.SyntaxError) -> JSONNode {
        guard depth < Self.deepest else { throw failure("Nested too deeply") }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("Unexpected end")
        default: return try number()
        }
    }

    private mutating func word(_ text: StaticString, _ node: JSONNode) throws(JSONNode.SyntaxError) -> JSONNode {
        for byte in "\(text)".utf8 { try expect(byte) }
        return node
    }

    private mutating func object(depth: Int) throws(JSONNode.SyntaxError) -> JSONNode {
        try expect(UInt8(ascii: "{"))
        var members: [(key: String, value: JSONNode)] = []
        skipBlanks()
        if next == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            skipBlanks()
            let key = try string()
            skipBlanks()
            try expect(UInt8(ascii: ":"))
            members.append((key, try value(depth: depth + 1)))
            skipBlanks()
            if next == UInt8(ascii: ",") {
                position += 1
                continue
            }
            try expect(UInt8(ascii: "}"))
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(JSONNode.SyntaxError) -> JSONNode {
        try expect(UInt8(ascii: "["))
        var elements: [JSONNode] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if next == UInt8(ascii: ",") {
                position += 1
                continue
            }
            try expect(UInt8(ascii: "]"))
            return .array(elements)
        }
    }

    private mutating func number() throws(JSONNode.SyntaxError) -> JSONNode {
        let start = position
        while let byte = next, isNumberByte(byte) { position += 1 }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw failure("Expected a value")
        }
        return .number(value)
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func string() throws(JSONNode.SyntaxError) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        var start = position
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                let tail = bytes[start..<position]
                position += 1
                return String(decoding: text.isEmpty ? tail : text[...] + tail, as: UTF8.self)
            }
            position += 1
            guard byte == UInt8(ascii: "\\") else { continue }
            text += bytes[start..<(position - 1)]
            text += String(try escape()).utf8
            start = position
        }
        throw failure("A string is not closed")
    }

    /// The character that an escape stands for; the backslash is already read. Half a surrogate pair is U+FFFD.
    private mutating func escape() throws(JSONNode.SyntaxError) -> Unicode.Scalar {
        guard let byte = next else { throw failure("A string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): break
        default: throw failure("Unknown escape")
        }
        let first = try hexadecimal()
        guard (0xD800..<0xDC00).contains(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let mark = position
        position += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else {
            position = mark
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(JSONNode.SyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("Expected four hexadecimal digits")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }
}
