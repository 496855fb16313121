/// Tells what a model thinks from what it answers, piece by piece: pieces may be cut anywhere, in a tag too.
///
/// Thoughts stand at the beginning of an answer, or on lines of their own behind its first words: a tag further on is part of it, as in
/// an answer about tags. White space around tags belongs to neither side. What is not known to be a thought is the answer's, and no
/// answer that ended by itself is lost: where it ended within a thought and nothing stands outside, that was the answer.
///
/// States: `opening` (nothing yet but white space, or half a tag) → `thinking` (behind an opening tag) → `opening` again, behind
/// the closing tag → `answering`, → `aside` (behind an opening tag on a later line, held until it is closed) → `opening` or
/// `answering`. An opening tag that may be a word, for what follows it, makes `opening` → `doubtful`, which is held as `aside` is.
/// The header of a message of gpt-oss makes `opening` → `channel`, up to the end. Where the template has opened the thought already
/// (``Beginning/thought``), or may have, text without an opening tag is `undecided` and held: a closing tag makes it a thought, the
/// end of the answer makes it the answer.
struct ThoughtSplitter {
    enum Part: Hashable, Sendable {
        case thinking(String)
        case answer(String)

        fileprivate var isEmpty: Bool {
            switch self {
            case .thinking(let text), .answer(let text): text.isEmpty
            }
        }

        /// Goes on with `part` where it is of the same kind, or else answers false.
        fileprivate mutating func append(_ part: Part) -> Bool {
            switch (self, part) {
            case (.thinking(var text), .thinking(let next)):
                // Without a second owner, `+=` copies no text.
                self = .thinking("")
                text += next
                self = .thinking(text)
            case (.answer(var text), .answer(let next)):
                self = .answer("")
                text += next
                self = .answer(text)
            case (_, _) where isEmpty: self = part
            default: return false
            }
            return true
        }
    }

    /// What text without an opening tag is at the beginning.
    enum Beginning: Sendable, Hashable {
        case answer
        /// Thought up to the closing tag, if one comes that is no word of an answer about tags. Nobody knows that the thought was
        /// opened, so that text which is cut off is the answer's.
        case thoughtPerhaps
        /// Thought up to the closing tag, if one comes: the template has opened it.
        case thought
    }

    enum State: Equatable {
        case opening
        case thinking(closings: [[UInt8]])
        /// Behind a closing tag that is not the opening one's: answer, unless that one comes.
        case closedOtherwise(closings: [[UInt8]], tagEnd: Int)
        case undecided
        case answering
        /// Behind an opening tag that words stand before; held, because only the closing tag makes it a thought.
        case aside(tagLength: Int)
        /// Behind an opening tag that a sentence goes on behind.
        case doubtful(tagLength: Int)
        /// In a message of gpt-oss.
        case channel(isThought: Bool)
    }

    var state = State.opening
    let beginning: Beginning
    /// Whether a tag behind the first words may be one.
    let mayThink: Bool
    /// What no part has yet.
    var held: [UInt8] = []
    /// Bytes of `held` in which no closing tag begins.
    var scanned = 0
    /// Looks for tags that count only where they stand apart; nil where none does.
    var search: TagSearch?
    /// Bytes that left `held` since the search began.
    var drained = 0
    /// What made the opening tag bold: `**`.
    var marks: [UInt8] = []
    /// What made the closing tag bold, and may stand behind it.
    var marksBehind: [UInt8] = []
    /// Whether there was a thought, perhaps an empty one.
    var isBehindThought = false
    /// Whether the server tells thoughts apart itself.
    var comesApart = false
    /// Whether the thought has any text yet.
    var hasThoughtText = false
    /// Bytes that parts have of `onlyThought`.
    var thoughtLength = 0
    /// Whether anything that is seen stands outside thoughts.
    var hasAnswer = false
    /// A thought that is all there is of the answer, with its tag; nil where that does not matter any more.
    var onlyThought: [UInt8]?
    /// Bytes at the end of the thoughts, in parts, that were the answer after all, and came again as such.
    var wronglyThought = 0
    /// Whether nothing more comes.
    var isAtEnd = false
    /// What became of text that was held undecided; nil when there was none, or when that tells nothing of the model.
    var heldTextWas: Beginning?

    /// Most bytes that are held undecided; what is longer is a thought where the template has opened one, else the answer.
    static let maxHeld = 1 << 18
    /// Most bytes of an answer before a thought: a word or a sentence.
    static let maxFirstWords = 256
    /// Scalars that are read at once: each tag moves what is held behind it.
    private static let longestPiece = 1024
    /// White space that is held because a tag may follow.
    static let maxSpace = 64

    init(beginning: Beginning = .answer, mayThink: Bool = true) {
        self.beginning = beginning
        self.mayThink = mayThink
    }

    /// The parts that are certain now, each as long as it can be.
    mutating func consume(_ piece: String) -> [Part] {
        var parts: [Part] = []
        var joined = Part.answer("")
        var rest = piece.unicodeScalars[...]
        while !rest.isEmpty {
            let next = rest.prefix(Self.longestPiece)
            rest = rest[next.endIndex...]
            for part in consume(piece: String(next)) where !joined.append(part) {
                parts.append(joined)
                joined = part
            }
        }
        return joined.isEmpty ? parts : parts + [joined]
    }

    private mutating func consume(piece: String) -> [Part] {
        held += piece.utf8
        if case .channel = state {} else { onlyThought?.append(contentsOf: piece.utf8) }
        if onlyThought?.count ?? 0 > Self.maxHeld { onlyThought = nil }
        search?.consume(piece.utf8)
        return move()
    }

    /// The server tells thoughts apart itself, so that text without a tag is the answer's.
    mutating func thoughtsComeApart() -> [Part] {
        (isBehindThought, comesApart) = (true, true)
        guard state == .undecided else { return [] }
        var parts: [Part] = []
        if beginning == .thought {
            endThought(at: held.count, tagLength: 0, &parts)
            heldTextWas = .thought
        } else {
            addAnswer(upTo: held.count, &parts)
            (state, search) = (.answering, nil)
        }
        return parts
    }

    /// The parts that are left, at the end of the answer.
    ///
    /// - Parameter isCutOff: whether the model would have gone on.
    mutating func finish(isCutOff: Bool) -> [Part] {
        var parts: [Part] = []
        var isMoving = true
        isAtEnd = true
        while isMoving {
            search?.finish()
            parts += move()
            isMoving = search?.isFinished == false || endOtherwise()
        }
        if !isCutOff, !hasAnswer, let onlyThought, isThinking || held.leadingSpace == held.count {
            wronglyThought = thoughtLength
            held = onlyThought
            addAnswer(upTo: held.count, &parts)
        } else if !held.isEmpty {
            finishHeld(isCutOff, &parts)
        }
        return parts
    }

    private mutating func finishHeld(_ isCutOff: Bool, _ parts: inout [Part]) {
        switch state {
        case .thinking: addThought(upTo: endOfThought(before: held.count), &parts)
        // White space.
        case .channel: break
        case .undecided where beginning == .thought && isCutOff:
            addThought(upTo: endOfThought(before: held.count), &parts)
        case .aside(let tagLength) where isCutOff && isAlone(tagLength),
            .doubtful(let tagLength) where isCutOff && mayThink:
            drop(tagLength)
            hasThoughtText = false
            addThought(upTo: endOfThought(before: held.count), &parts)
        default:
            // With a tag at its end, it tells nothing.
            if state == .undecided, !isCutOff, search.map({ $0.certain == $0.offset }) != false {
                heldTextWas = .answer
            }
            // Half a tag that was none, white space alone, or what nothing made a thought.
            addAnswer(upTo: held.count, &parts)
        }
    }

    private var isThinking: Bool {
        if case .thinking = state { true } else { false }
    }

    /// Whether nothing stands behind the tag on its line.
    private func isAlone(_ tagLength: Int) -> Bool {
        held.dropFirst(tagLength).prefix(while: \.isTextSpace).contains(UInt8(ascii: "\n"))
    }

    private mutating func move() -> [Part] {
        var parts: [Part] = []
        var isMoving = true
        while isMoving, !held.isEmpty {
            switch state {
            case .opening: isMoving = open()
            case .thinking(let closings): isMoving = think(closings, &parts)
            case .closedOtherwise(let closings, _): isMoving = reconsider(closings, &parts)
            case .undecided: isMoving = decide(&parts)
            case .channel(let isThought): isMoving = readChannel(isThought, &parts)
            case .answering: isMoving = answer(&parts)
            case .aside(let tagLength), .doubtful(let tagLength): isMoving = setAside(tagLength, &parts)
            }
        }
        return parts
    }
}
