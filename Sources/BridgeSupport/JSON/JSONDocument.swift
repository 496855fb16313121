/// A parsed JSON text (RFC 8259): its bytes, and a tape that says where each value stands in them. Texts and numbers are only made when
/// they are asked for.
///
/// The only reader of JSON in this project: requests, answers of Ollama, files of models. It is our own because Foundation's two
/// readers do not say where an error is and, on Linux, what it is; turn whole numbers above 2^53 into `Double`; put keys
/// into a dictionary, where two pieces of a vocabulary that are canonically equivalent (U+8C48 and U+F900) become one; and make
/// a `String` of 64 MiB of base64. No other JSON library is among the packages that this project builds with.
public final class JSONDocument: Sendable {
    let bytes: [UInt8]
    /// Values in the order of the text, each before the values that it holds.
    let tape: [JSONTapeEntry]
    /// Of the outermost object.
    let keys: JSONKeyMarks

    /// - Throws: the first error in the text. Of members with equal keys the last counts; a byte order mark is
    ///   skipped.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        self.bytes = bytes
        (tape, keys) = try JSONParser.tape(of: bytes, limits)
    }

    /// The value that the text represents.
    public var root: JSONNode { JSONNode(document: self, index: 0) }

    func text(_ entry: JSONTapeEntry) -> String {
        guard entry.kind == .escapedText else { return String(decoding: bytes[entry.range], as: UTF8.self) }
        return JSONEscapes.text(of: bytes[entry.range])
    }

    /// Where the value after the one at `index` stands on the tape.
    func next(after index: Int) -> Int { tape[index].isContainer ? tape[index].end : index + 1 }
}

/// One value on the tape.
struct JSONTapeEntry: Sendable {
    enum Kind: UInt8 { case null, `false`, `true`, integer, decimal, text, escapedText, array, object }

    /// For a text, the place between its quotes; for an array or object, the place of its first byte.
    var start: UInt32
    /// For a text or number, its length in bytes; for an array or object, where on the tape the value behind it stands.
    var extent: UInt32
    var kind: Kind

    var isContainer: Bool { kind == .array || kind == .object }
    var end: Int { Int(extent) }
    var range: Range<Int> { Int(start)..<(Int(start) + Int(extent)) }
}

/// Which keys an object may have, by their length and first byte: most keys that it lacks are known to be absent without comparing
/// them with the ones that it has.
struct JSONKeyMarks: Sendable {
    private var marks: UInt64 = 0

    private static func mark(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        1 << (UInt64(truncatingIfNeeded: key.count &* 8 &+ Int(key.first ?? 0)) % 64)
    }

    mutating func insert(_ entry: JSONTapeEntry, in bytes: UnsafeBufferPointer<UInt8>) {
        // A key with escapes may be any key.
        marks |= entry.kind == .text ? Self.mark(UnsafeBufferPointer(rebasing: bytes[entry.range])) : .max
    }

    func mayHold(_ key: UnsafeBufferPointer<UInt8>) -> Bool { marks & Self.mark(key) != 0 }
}
