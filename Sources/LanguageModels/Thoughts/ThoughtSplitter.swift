/// Tells what a model thinks from what it answers, piece by piece: pieces may be cut anywhere, in a tag too.
///
/// Thoughts stand at the beginning of an answer only: a tag further on is part of it, as in an answer about tags. White space
/// around tags belongs to neither side.
///
/// States: `opening` (nothing yet but white space, or half a tag) → `thinking` (behind an opening tag) → `opening` again, behind the
/// closing tag → `answering`. Where the template has opened the thought already (``Beginning/thought``), text without an opening tag
/// is `undecided` and held: a closing tag makes it a thought, the end of the answer makes it the answer.
struct ThoughtSplitter {
    enum Part: Hashable, Sendable {
        case thinking(String)
        case answer(String)
    }

    /// What text without an opening tag is at the beginning.
    enum Beginning: Sendable, Hashable {
        case answer
        /// Thought up to the closing tag, if one comes.
        case thought
    }

    private enum State: Equatable {
        case opening
        case thinking(closings: [[UInt8]])
        case undecided
        case answering
    }

    private var state = State.opening
    private let beginning: Beginning
    /// What no part has yet.
    private var held: [UInt8] = []
    /// Bytes of `held` in which no closing tag begins.
    private var scanned = 0
    /// Whether there was a thought, perhaps an empty one.
    private var isBehindThought = false
    /// Whether the thought has any text yet.
    private var hasThoughtText = false
    /// What became of text that was held undecided; nil when there was none.
    private(set) var heldTextWas: Beginning?

    /// Most bytes that are held undecided; what is longer is a thought.
    static let maxHeld = 1 << 18
    /// White space that is held because a tag may follow.
    private static let maxSpace = 64

    init(beginning: Beginning = .answer) { self.beginning = beginning }

    /// The parts that are certain now.
    mutating func consume(_ piece: String) -> [Part] {
        held += piece.utf8
        var parts: [Part] = []
        var isMoving = true
        while isMoving, !held.isEmpty {
            switch state {
            case .opening: isMoving = open()
            case .thinking(let closings): isMoving = think(closings, &parts)
            case .undecided: isMoving = decide(&parts)
            case .answering: parts.append(.answer(take(held.count)))
            }
        }
        return parts
    }

    /// The server tells thoughts apart itself, so that text without a tag is the answer's.
    mutating func thoughtsComeApart() -> [Part] {
        isBehindThought = true
        guard state == .undecided else { return [] }
        var parts: [Part] = []
        endThought(at: held.count, tagLength: 0, &parts)
        heldTextWas = .thought
        return parts
    }

    /// The parts that are left, at the end of the answer.
    ///
    /// - Parameter isCutOff: whether the model would have gone on.
    mutating func finish(isCutOff: Bool) -> [Part] {
        var parts: [Part] = []
        switch state {
        // Half a tag that was none, or white space alone.
        case .opening where !held.isEmpty: parts.append(.answer(take(held.count)))
        case .undecided where !isCutOff:
            heldTextWas = .answer
            parts.append(.answer(take(held.count)))
        case .undecided, .thinking: addThought(upTo: held.endOfText(before: held.count), &parts)
        case .opening, .answering: break
        }
        return parts
    }

    // MARK: States. Each tells whether there is more to do with what is held.

    private mutating func open() -> Bool {
        let space = held.leadingSpace
        if isBehindThought, space > 0 {
            held.removeFirst(space)
            return true
        }
        if space == held.count, space <= Self.maxSpace { return false }
        guard space <= Self.maxSpace else { return leaveOpening() }
        if let opening = ThoughtTags.openings.match(in: held, at: space) {
            held.removeFirst(space + opening.count)
            let rows = ThoughtTags.all.filter { $0.opening == opening }
            (state, hasThoughtText, scanned) = (.thinking(closings: rows.flatMap(\.closings)), false, 0)
            return true
        }
        // The template has opened a thought that is empty.
        if let closing = ThoughtTags.closings.match(in: held, at: space) {
            held.removeFirst(space + closing.count)
            isBehindThought = true
            return true
        }
        let mayBeTag =
            ThoughtTags.openings.mayBegin(in: held, at: space) || ThoughtTags.closings.mayBegin(in: held, at: space)
        return mayBeTag ? false : leaveOpening()
    }

    private mutating func leaveOpening() -> Bool {
        state = beginning == .thought && !isBehindThought ? .undecided : .answering
        scanned = 0
        return true
    }

    private mutating func think(_ closings: [[UInt8]], _ parts: inout [Part]) -> Bool {
        if let tag = firstTag(of: closings) {
            endThought(at: tag.place, tagLength: tag.length, &parts)
            return true
        }
        // Half a tag may stand at the end, and white space before it.
        let tail = held.indices.suffix(closings.longestCount).first { closings.mayBegin(in: held, at: $0) }
        let end = held.endOfText(before: tail ?? held.count)
        addThought(upTo: held.count - end > Self.maxSpace ? tail ?? held.count : end, &parts)
        return false
    }

    private mutating func decide(_ parts: inout [Part]) -> Bool {
        if let tag = firstTag(of: ThoughtTags.plainClosings) {
            endThought(at: tag.place, tagLength: tag.length, &parts)
            heldTextWas = .thought
            return true
        }
        scanned = max(0, held.count - ThoughtTags.plainClosings.longestCount)
        guard held.count > Self.maxHeld else { return false }
        (state, heldTextWas, scanned) = (.thinking(closings: ThoughtTags.plainClosings), .thought, 0)
        return true
    }

    // MARK: Parts

    private mutating func endThought(at place: Int, tagLength: Int, _ parts: inout [Part]) {
        let end = held.endOfText(before: place)
        held.removeSubrange(end..<(place + tagLength))
        addThought(upTo: end, &parts)
        (state, isBehindThought, scanned) = (.opening, true, 0)
    }

    private mutating func addThought(upTo end: Int, _ parts: inout [Part]) {
        let space = hasThoughtText ? 0 : min(held.leadingSpace, end)
        held.removeFirst(space)
        guard end > space else { return }
        parts.append(.thinking(take(end - space)))
        hasThoughtText = true
    }

    private mutating func take(_ count: Int) -> String {
        defer {
            held.removeFirst(count)
            scanned = 0
        }
        return String(decoding: held.prefix(count), as: UTF8.self)
    }

    private func firstTag(of closings: [[UInt8]]) -> (place: Int, length: Int)? {
        for place in held.indices.dropFirst(scanned) {
            if let tag = closings.match(in: held, at: place) { return (place, tag.count) }
        }
        return nil
    }
}
