/// Looks for a closing tag that no opening tag stands before, in an answer that did not begin like a thought: what stands before it
/// was one, and the template had opened it. Tags in code or quotes are those of an answer about tags.
struct LoneClosingTag {
    /// Where the tag stands, in bytes from the beginning of the answer.
    private(set) var found: Range<Int>?

    /// Bytes that were looked at already, but for the last one, which tells whether a tag stands in quotes.
    private var offset = 0
    private var held: [UInt8] = []
    private var isOver = false
    private var isInLineOfCode = false
    private var isInBlockOfCode = false
    private var isAtLineStart = true
    private var last: UInt8 = 0

    /// Looks at the next piece.
    mutating func consume(_ piece: String) {
        if isOver { return }
        held += piece.utf8
        // A tag, or three backquotes, may be cut.
        let margin = Self.margin
        if held.count > margin { look(upTo: held.count - margin) }
    }

    /// Looks at what is left, at the end of the answer.
    mutating func finish() {
        if !isOver { look(upTo: held.count) }
    }

    private static let margin = max(ThoughtTags.openings.longestCount, ThoughtTags.closings.longestCount)

    private mutating func look(upTo end: Int) {
        var position = 0
        while position < end, !isOver {
            position += step(at: position)
        }
        held.removeFirst(min(position, held.count))
        offset += position
    }

    /// How many bytes one look has done with.
    private mutating func step(at position: Int) -> Int {
        let byte = held[position]
        defer { last = byte }
        switch byte {
        case UInt8(ascii: "\n"): (isAtLineStart, isInLineOfCode) = (true, false)
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            let run = held[position...].prefix { $0 == byte }.count
            if isAtLineStart, run >= 3 {
                isInBlockOfCode.toggle()
            } else if byte == UInt8(ascii: "`") {
                isInLineOfCode.toggle()
            }
            isAtLineStart = false
            return run
        case _ where byte.isTextSpace: break
        default:
            lookForTag(at: position)
            isAtLineStart = false
        }
        return 1
    }

    private mutating func lookForTag(at position: Int) {
        if ThoughtTags.openings.match(in: held, at: position) != nil {
            isOver = true
        } else if let tag = ThoughtTags.plainClosings.match(in: held, at: position), !isQuoted {
            found = offset + position..<offset + position + tag.count
            isOver = true
        }
    }

    private var isQuoted: Bool {
        isInBlockOfCode || isInLineOfCode || [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(last)
    }
}

extension LoneClosingTag {
    /// The thought and the answer of a whole text, or nil when there is no such tag.
    static func split(_ text: String) -> (thinking: String, answer: String)? {
        var search = LoneClosingTag()
        search.consume(text)
        search.finish()
        guard let tag = search.found else { return nil }
        let bytes = Array(text.utf8)
        let thought = bytes[bytes.leadingSpace..<max(bytes.leadingSpace, bytes.endOfText(before: tag.lowerBound))]
        let answer = bytes[tag.upperBound...].drop(while: \.isTextSpace)
        return (String(decoding: thought, as: UTF8.self), String(decoding: answer, as: UTF8.self))
    }
}
