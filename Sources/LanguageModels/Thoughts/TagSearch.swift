/// Looks, in text that did not begin like a thought, for a tag that marks one nevertheless: a closing tag that no opening one stands
/// before, where the template had opened the thought, or an opening tag at the beginning of a line. Tags in code or quotes, or in a
/// sentence, are those of an answer about tags.
struct TagSearch {
    enum Kind {
        /// Nothing is known to have opened the thought, so that the answer must go on behind it, and the tag be no example.
        case lone
        case opened
        /// By a tag that may be a word itself. The answer must go on, too.
        case doubtful
    }

    /// The closing tag, in bytes from the beginning.
    private(set) var closing: Range<Int>?
    /// Whether it stands on a line of its own. Only then does it tell something of the model: any user can have one written.
    private(set) var isAlone = false
    /// The opening tag. What stands behind a colon is an example.
    private(set) var opening: Range<Int>?
    /// Whether nothing more is looked for: a tag was found, or an example.
    private(set) var isOver = false
    private(set) var isFinished = false
    /// Bytes that were looked at. Where they are fewer than all, half a tag stands at the end.
    private(set) var offset = 0

    private var held: [UInt8] = []
    private var context = TagContext()
    /// Whether an opening tag stands in a sentence, so that the next closing tag there does, too.
    private var isPaired = false
    /// A closing tag; what follows it decides.
    private var pending: (place: Range<Int>, context: TagContext, spaces: Int, isAtLineEnd: Bool)?
    private let kind: Kind

    /// White space behind a tag that is looked over.
    private static let maxSpace = 64

    init(_ kind: Kind = .lone) { self.kind = kind }

    /// Bytes in which no tag stands, or a decided one.
    var certain: Int { pending?.place.lowerBound ?? offset }

    /// Looks at the next piece.
    mutating func consume(_ piece: some Sequence<UInt8>) {
        if isOver || isFinished { return }
        held += piece
        look(isEnd: false)
    }

    /// Looks at what is left, at the end of the text.
    mutating func finish() {
        if isFinished { return }
        look(isEnd: true)
        if kind == .opened { decide(next: nil) }
        isFinished = true
    }

    private mutating func look(isEnd: Bool) {
        var position = 0
        while position < held.count, !isOver {
            let mayBeTag = ThoughtTags.isFirstByte[Int(held[position])]
            if mayBeTag, !isEnd, isCut(at: position) { break }
            position += step(at: position, mayBeTag)
        }
        held.removeFirst(position)
        offset += position
    }

    private func isCut(at position: Int) -> Bool {
        ThoughtTags.openings.mayBegin(in: held, at: position)
            || ThoughtTags.closings.mayBegin(in: held, at: position)
    }

    /// How many bytes one look has done with.
    private mutating func step(at position: Int, _ mayBeTag: Bool) -> Int {
        let (scalar, length) = held.scalar(at: position)
        wait(for: scalar)
        if isOver { return 0 }
        context.endFence(before: scalar)
        if mayBeTag, let tag = passTag(at: position) { return tag }
        context.pass(scalar)
        return length
    }

    /// The length of the tag at `position`, where one is.
    private mutating func passTag(at position: Int) -> Int? {
        let start = offset + position
        let length: Int
        if let tag = ThoughtTags.openings.match(in: held, at: position) {
            length = tag.length
            meetOpening(start..<start + length)
        } else if let tag = ThoughtTags.closings.match(in: held, at: position) {
            length = tag.length
            if context.isCode { isPaired = false } else { pending = (start..<start + length, context, 0, false) }
        } else {
            return nil
        }
        context.pass(">")
        return length
    }

    private mutating func meetOpening(_ place: Range<Int>) {
        isPaired = true
        guard context.isAtLineStart, !context.isCode else { return }
        isOver = true
        if !context.isExample { opening = place }
    }

    /// `scalar` may be what follows a closing tag.
    private mutating func wait(for scalar: Unicode.Scalar) {
        guard let tag = pending else { return }
        if !scalar.isBlank {
            decide(next: tag.isAtLineEnd ? nil : scalar)
        } else if scalar == "\n" || tag.spaces > Self.maxSpace {
            pending?.isAtLineEnd = true
            if kind == .opened { decide(next: nil) }
        } else {
            pending?.spaces += 1
        }
    }

    private mutating func decide(next: Unicode.Scalar?) {
        guard let tag = pending else { return }
        pending = nil
        let hasSpace = tag.spaces > 0
        var stance = tag.context.stance(next: next, hasSpaceBehind: hasSpace, isPaired: isPaired)
        switch kind {
        case .lone where tag.context.isExample: stance = .mention
        case .doubtful where stance != .alone:
            stance =
                !isPaired && tag.context.endsDoubtful(next: next, hasSpaceBehind: hasSpace) ? .inText : .mention
        default: break
        }
        isPaired = false
        guard stance != .mention else { return }
        (closing, isAlone, isOver) = (tag.place, stance == .alone, true)
    }
}

extension TagSearch {
    /// The thought and the answer of a whole text, or nil when no closing tag stands in it that nothing has opened and that an answer
    /// follows.
    static func split(_ text: String) -> (thinking: String, answer: String)? {
        var search = TagSearch()
        search.consume(text.utf8)
        search.finish()
        guard let tag = search.closing else { return nil }
        let bytes = Array(text.utf8)
        let thought = bytes[bytes.leadingSpace..<max(bytes.leadingSpace, bytes.endOfText(before: tag.lowerBound))]
        let answer = bytes[tag.upperBound...].drop(while: \.isTextSpace)
        return (String(decoding: thought, as: UTF8.self), String(decoding: answer, as: UTF8.self))
    }
}
