/// A JSON text (RFC 8259) that was parsed: its bytes, and a tape that says where each value stands in them. Nothing is made of
/// texts and numbers until somebody asks for them.
///
/// The only reader of JSON that strangers wrote: requests, answers of Ollama, files of models. It is our own because Foundation's
/// two readers name neither the place nor, on Linux, the reason of a fault; make `Double` of whole numbers above 2^53; put keys
/// into a dictionary, where two pieces of a vocabulary that are canonically equivalent (U+8C48 and U+F900) become one; and make
/// a `String` of 64 MiB of base64. No other JSON library is among the packages that this project builds with.
public final class JSONDocument: Sendable {
    let bytes: [UInt8]
    /// Values in the order of the text, each before those that it holds.
    let tape: [JSONTapeEntry]

    /// - Throws: the first thing that is wrong with the text. Of members with equal keys the last counts; a byte order mark is
    ///   skipped.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        self.bytes = bytes
        tape = try JSONParser.tape(of: bytes, limits)
    }

    /// The value that the text is.
    public var root: JSONNode { JSONNode(document: self, index: 0) }

    func text(_ entry: JSONTapeEntry) -> String {
        guard entry.kind == .escapedText else { return String(decoding: bytes[entry.range], as: UTF8.self) }
        return JSONEscapes.text(of: bytes[entry.range])
    }

    /// Where the value behind the one at `index` stands on the tape.
    func next(after index: Int) -> Int { tape[index].isContainer ? tape[index].end : index + 1 }
}

/// One value on the tape.
struct JSONTapeEntry: Sendable {
    enum Kind: UInt8 { case null, `false`, `true`, integer, decimal, text, escapedText, array, object }

    /// Of a text: between its quotes. Of an array or object: where its first byte stands.
    var start: UInt32
    /// Of a text or number: bytes. Of an array or object: where on the tape the value behind it stands.
    var extent: UInt32
    var kind: Kind

    var isContainer: Bool { kind == .array || kind == .object }
    var end: Int { Int(extent) }
    var range: Range<Int> { Int(start)..<(Int(start) + Int(extent)) }
}
