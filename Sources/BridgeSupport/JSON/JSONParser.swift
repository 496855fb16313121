/// Reads a JSON text once, from its first byte to its last, and notes where its values stand.
///
/// Open arrays and objects are linked on the tape, so that nesting takes no stack of the thread. Its states are the two
/// loops of ``readDocument()``: a value is due (``readValue()``), or a value has ended (``endValues()``).
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position = 0
    private var tape: [JSONTapeEntry] = []
    /// Where on the tape the innermost open container stands, whose extent is the place of the one around it as long as it is open.
    private var container: UInt32?
    /// How many containers are open.
    private var depth = 0
    private var values = 1
    /// Where on the tape the key of the outermost object stands whose value is being read.
    private var fieldKey: Int?
    /// Of the outermost object.
    private var keys = JSONKeyMarks()

    static func tape(of bytes: [UInt8], _ limits: JSONLimits) throws(JSONSyntaxError) -> ([JSONTapeEntry], JSONKeyMarks)
    {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONSyntaxError) in
            var parser = JSONParser(bytes, limits)
            try parser.readDocument()
            return (parser.tape, parser.keys)
        }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        tape.reserveCapacity(min(bytes.count / 8 + 1, 1024))
    }

    private mutating func readDocument() throws(JSONSyntaxError) {
        guard bytes.count < UInt32.max else { throw fault(.tooLong) }
        // A byte order mark.
        if bytes.count > 2, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        var isDone = false
        while !isDone {
            if try readValue() { isDone = try endValues() }
        }
        skipBlanks()
        guard position == bytes.count else { throw fault(.trailingText) }
    }

    private func fault(_ reason: JSONSyntaxError.Reason, at offset: Int? = nil) -> JSONSyntaxError {
        let field = fieldKey.map { String(decoding: bytes[tape[$0].range], as: UTF8.self) }
        return JSONSyntaxError(reason: reason, offset: offset ?? position, field: field)
    }

    @inline(__always)
    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position].isJSONBlank { position += 1 }
    }

    /// The next byte that is not blank; it is not consumed.
    @inline(__always)
    private mutating func peek() throws(JSONSyntaxError) -> UInt8 {
        skipBlanks()
        guard position < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[position]
    }

    @inline(__always)
    private mutating func append(_ kind: JSONTapeEntry.Kind, from start: Int, to end: Int) {
        tape.append(
            JSONTapeEntry(
                start: UInt32(truncatingIfNeeded: start), extent: UInt32(truncatingIfNeeded: end - start), kind: kind))
    }

    // MARK: Values

    /// Reads a value, or the beginning of an array or object up to its first element.
    ///
    /// - Returns: whether a value has ended.
    private mutating func readValue() throws(JSONSyntaxError) -> Bool {
        switch try peek() {
        case UInt8(ascii: "\""): try readText()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): try readNumber()
        case UInt8(ascii: "{"):
            try enter(.object)
            if try close(UInt8(ascii: "}")) { return true }
            try readKey()
            return false
        case UInt8(ascii: "["):
            try enter(.array)
            return try close(UInt8(ascii: "]"))
        case UInt8(ascii: "t"): try readWord("true", .true)
        case UInt8(ascii: "f"): try readWord("false", .false)
        case UInt8(ascii: "n"): try readWord("null", .null)
        default: throw fault(.unexpectedByte)
        }
        return true
    }

    /// Goes on after a value: to the next one of its container, or out of the containers that end with it.
    ///
    /// - Returns: whether the outermost value has ended.
    private mutating func endValues() throws(JSONSyntaxError) -> Bool {
        while let container {
            let isObject = tape[Int(container)].kind == .object
            let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            switch try peek() {
            case closing: leave(container)
            case UInt8(ascii: ","):
                position += 1
                try countValue()
                if depth == 1 { fieldKey = nil }
                let next = try peek()
                if next == UInt8(ascii: "}") || next == UInt8(ascii: "]") { throw fault(.trailingComma) }
                if isObject { try readKey() }
                return false
            default: throw fault(.unexpectedByte)
            }
        }
        return true
    }

    private mutating func countValue() throws(JSONSyntaxError) {
        values += 1
        if values > limits.values { throw fault(.tooManyValues) }
    }

    private mutating func enter(_ kind: JSONTapeEntry.Kind) throws(JSONSyntaxError) {
        try countValue()
        guard depth < limits.depth else { throw fault(.tooDeep) }
        let place = UInt32(truncatingIfNeeded: tape.count)
        tape.append(JSONTapeEntry(start: UInt32(truncatingIfNeeded: position), extent: container ?? 0, kind: kind))
        (container, depth) = (place, depth + 1)
        position += 1
    }

    /// Leaves the container that was just entered if it is empty.
    private mutating func close(_ closing: UInt8) throws(JSONSyntaxError) -> Bool {
        guard try peek() == closing, let container else { return false }
        leave(container)
        return true
    }

    private mutating func leave(_ ended: UInt32) {
        position += 1
        depth -= 1
        container = depth > 0 ? tape[Int(ended)].extent : nil
        tape[Int(ended)].extent = UInt32(truncatingIfNeeded: tape.count)
        if depth == 0 { fieldKey = nil }
    }

    private mutating func readKey() throws(JSONSyntaxError) {
        guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
        let key = tape.count
        try readText()
        guard try peek() == UInt8(ascii: ":") else { throw fault(.unexpectedByte) }
        position += 1
        guard depth == 1 else { return }
        fieldKey = key
        keys.insert(tape[key], in: bytes)
    }

    private mutating func readWord(_ word: StaticString, _ kind: JSONTapeEntry.Kind) throws(JSONSyntaxError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
                .elementsEqual(bytes[position..<end])
        else { throw fault(.unexpectedByte) }
        append(kind, from: position, to: end)
        position = end
    }

    // MARK: Numbers

    private mutating func readNumber() throws(JSONSyntaxError) {
        let start = position
        guard let (kind, hasExponent) = scanNumber(), position == bytes.count || !bytes[position].isInJSONNumbers else {
            throw fault(.malformedNumber, at: start)
        }
        append(kind, from: start, to: position)
        // A number without an exponent that has fewer digits is never too large.
        guard hasExponent || position - start > 300 else { return }
        guard JSONNumber(UnsafeBufferPointer(rebasing: bytes[start..<position])).double.isFinite else {
            throw fault(.numberTooLarge, at: start)
        }
    }

    /// Reads a number by the grammar; nil if it is malformed.
    private mutating func scanNumber() -> (JSONTapeEntry.Kind, hasExponent: Bool)? {
        var kind = JSONTapeEntry.Kind.integer
        var hasExponent = false
        take { $0 == UInt8(ascii: "-") }
        let hasZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let whole = takeDigits()
        guard whole == 1 || whole > 1 && !hasZero else { return nil }
        if take({ $0 == UInt8(ascii: ".") }) {
            kind = .decimal
            guard takeDigits() > 0 else { return nil }
        }
        if take({ $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            (kind, hasExponent) = (.decimal, true)
            take { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            guard takeDigits() > 0 else { return nil }
        }
        return (kind, hasExponent)
    }

    @inline(__always)
    @discardableResult
    private mutating func take(_ isWanted: (UInt8) -> Bool) -> Bool {
        guard position < bytes.count, isWanted(bytes[position]) else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func takeDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position].isJSONDigit { position += 1 }
        return position - start
    }

    // MARK: Texts

    /// Reads a text to its closing quote. Errors in it are reported only once that quote is found: without it, the end of the text is
    /// unknown.
    private mutating func readText() throws(JSONSyntaxError) {
        let start = position + 1
        var scan = JSONTextScan(bytes, from: start)
        guard let end = scan.findEnd() else { throw fault(.unexpectedEnd, at: bytes.count) }
        if let (reason, offset) = scan.fault, reason != .notUnicode || limits.refusesBrokenUnicode {
            throw fault(reason, at: offset)
        }
        append(scan.hasEscapes ? .escapedText : .text, from: start, to: end)
        position = end + 1
    }
}

extension UInt8 {
    @inline(__always)
    var isJSONBlank: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
    @inline(__always)
    var isJSONDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isInJSONNumbers: Bool {
        switch self {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: isJSONDigit
        }
    }
}
