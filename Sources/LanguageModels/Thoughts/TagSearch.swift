/// Looks for a tag that marks a thought in text that did not begin like one: a closing tag without an opening tag
/// before it, if the template had opened the thought, or an opening tag at the beginning of a line. Tags in code or quotes, or in a
/// sentence, belong to an answer about tags.
struct TagSearch {
    enum Kind {
        /// Nothing is known to have opened the thought, so the answer must go on after it, and the tag must not be an example.
        case lone
        case opened
        /// A tag that may itself be a word has opened it. The answer must go on after it, too.
        case doubtful
    }

    /// The closing tag, in bytes from the beginning.
    private(set) var closing: Range<Int>?
    /// Whether it is on a line of its own. Only then does it tell something about the model: any user can have one written.
    private(set) var isAlone = false
    /// The opening tag. After a colon it is an example.
    private(set) var opening: Range<Int>?
    /// Whether the search is over: a tag was found, or an example.
    private(set) var isOver = false
    private(set) var isFinished = false
    /// Bytes examined so far. If that is fewer than all, half a tag stands at the end.
    private(set) var offset = 0

    private var held: [UInt8] = []
    private var context = TagContext()
    /// Whether an opening tag is part of a sentence, so that the next closing tag is, too.
    private var isPaired = false
    /// A closing tag; what follows it decides.
    private var pending: (place: Range<Int>, context: TagContext, spaces: Int, isAtLineEnd: Bool)?
    private let kind: Kind

    /// White space after a tag that is examined further.
    private static let maxSpace = 64

    init(_ kind: Kind = .lone) { self.kind = kind }

    /// Bytes without a tag, or with one that has been decided.
    var certain: Int { pending?.place.lowerBound ?? offset }

    /// Examines the next piece.
    mutating func consume(_ piece: some Collection<UInt8>) {
        if isOver || isFinished { return }
        // Most pieces come when nothing is undecided, and hold no byte that could change that: they need not be held themselves.
        if held.isEmpty, pending == nil, piece.allSatisfy({ $0 < 0x80 && !ThoughtTags.isFirstByte[Int($0)] }) {
            for byte in piece { context.pass(Unicode.Scalar(byte)) }
            offset += piece.count
        } else {
            held += piece
            look(isEnd: false)
        }
    }

    /// Examines the rest, at the end of the text.
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

    /// The number of bytes that one step has dealt with.
    private mutating func step(at position: Int, _ mayBeTag: Bool) -> Int {
        let (scalar, length) = held.scalar(at: position)
        wait(for: scalar)
        if isOver { return 0 }
        context.endFence(before: scalar)
        if mayBeTag, let tag = passTag(at: position) { return tag }
        context.pass(scalar)
        return length
    }

    /// The length of the tag at `position`, if there is one.
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

    /// `scalar` may follow a closing tag.
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
    /// The thought and the answer of a whole text, or nil if it has no closing tag without an opening one that an answer
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
