/// Separates a model's thoughts from its answer, piece by piece; pieces may be cut anywhere, even within a tag.
///
/// Thoughts stand at the beginning of an answer, or on lines of their own after its first words: a later tag is part of it, as in
/// an answer about tags. White space around tags belongs to neither side. Text that is not known to be a thought belongs to the answer,
/// and no answer that ended by itself is lost: if it ended within a thought and nothing is outside, that thought was the answer.
///
/// States: `opening` (so far only white space, or half a tag) → `thinking` (after an opening tag) → `opening` again, after
/// the closing tag → `answering`, → `aside` (after an opening tag on a later line, held until it is closed) → `opening` or
/// `answering`. An opening tag that may be a word, judging by what follows it, makes `opening` → `doubtful`, which is held like `aside`.
/// The header of a message of gpt-oss makes `opening` → `channel`, up to the end. If the template has already opened the thought
/// (``Beginning/thought``), or may have, text without an opening tag is `undecided` and held: a closing tag makes it a thought, the
/// end of the answer makes it the answer.
struct ThoughtSplitter {
    enum Part: Hashable, Sendable {
        case thinking(String)
        case answer(String)

        fileprivate init(_ text: String, isThought: Bool) { self = isThought ? .thinking(text) : .answer(text) }

        fileprivate var isThought: Bool { if case .thinking = self { true } else { false } }

        fileprivate var text: String {
            switch self {
            case .thinking(let text), .answer(let text): text
            }
        }
    }

    /// The meaning of text without an opening tag at the beginning.
    enum Beginning: Sendable, Hashable {
        case answer
        /// A thought up to the closing tag, if there is one that is not a word of an answer about tags. It is not certain that the thought was
        /// opened, so text that is cut off belongs to the answer.
        case thoughtPerhaps
        /// A thought up to the closing tag, if there is one: the template has opened it.
        case thought
    }

    enum State: Equatable {
        case opening
        case thinking(closings: [[UInt8]])
        /// After a closing tag that does not match the opening one: answer, unless the matching one comes.
        case closedOtherwise(closings: [[UInt8]], tagEnd: Int)
        case undecided
        case answering
        /// After an opening tag that follows words; held, because only the closing tag makes it a thought.
        case aside(tagLength: Int)
        /// After an opening tag that a sentence continues after.
        case doubtful(tagLength: Int)
        /// In a message of gpt-oss.
        case channel(isThought: Bool)
    }

    var state = State.opening
    let beginning: Beginning
    /// Whether a tag after the first words may mark a thought.
    let mayThink: Bool
    /// Text that is not in a part yet.
    var held: [UInt8] = []
    /// Bytes of `held` in which no closing tag begins.
    var scanned = 0
    /// Looks for tags that count only if they stand apart; nil if no tag would count.
    var search: TagSearch?
    /// Bytes that have left `held` since the search began.
    var drained = 0
    /// The mark that made the opening tag bold: `**`.
    var marks: [UInt8] = []
    /// The mark that made the closing tag bold, which may follow it.
    var marksBehind: [UInt8] = []
    /// Whether there was a thought, perhaps an empty one.
    var isBehindThought = false
    /// Whether the server separates thoughts itself.
    var comesApart = false
    /// Whether the thought has any text yet.
    var hasThoughtText = false
    /// Bytes of `onlyThought` that are already in parts.
    var thoughtLength = 0
    /// Whether there is visible text outside thoughts.
    var hasAnswer = false
    /// A thought that is the whole answer so far, with its tag; nil once that no longer matters.
    var onlyThought: [UInt8]?
    /// Bytes at the end of the thoughts, in parts, that turned out to be the answer, and came again as such.
    var wronglyThought = 0
    /// Whether the answer has ended.
    var isAtEnd = false
    /// How undecided text was resolved; nil if there was none, or if that tells nothing about the model.
    var heldTextWas: Beginning?

    /// The most bytes held undecided; longer text is a thought if the template has opened one, and otherwise the answer.
    static let maxHeld = 1 << 18
    /// The most bytes of an answer before a thought: a word or a sentence.
    static let maxFirstWords = 256
    /// Scalars that are read at once: each tag moves the held text after it.
    private static let longestPiece = 1024
    /// White space that is held because a tag may follow.
    static let maxSpace = 64

    init(beginning: Beginning = .answer, mayThink: Bool = true) {
        self.beginning = beginning
        self.mayThink = mayThink
    }

    /// The parts that are certain now, each as long as possible.
    mutating func consume(_ piece: String) -> [Part] {
        if passes(piece) { return [.answer(piece)] }
        var parts: [Part] = []
        // Apart from the parts, so that appending to it copies nothing that is there.
        var (text, isThought) = ("", false)
        var rest = piece.unicodeScalars[...]
        while !rest.isEmpty {
            let next = rest.prefix(Self.longestPiece)
            rest = rest[next.endIndex...]
            for part in consume(piece: String(next)) {
                if part.isThought != isThought, !text.isEmpty {
                    parts.append(Part(text, isThought: isThought))
                    text = ""
                }
                isThought = part.isThought
                text += part.text
            }
        }
        return text.isEmpty ? parts : parts + [Part(text, isThought: isThought)]
    }

    /// Whether text is the answer now, whatever it says: what most of an answer goes through as it is.
    private var isPassingAll: Bool {
        guard case .answering = state else { return false }
        return search == nil && held.isEmpty && hasAnswer && onlyThought == nil
    }

    /// The same for a piece that is all answer, whatever it says, as most are; false for one that ``consume(_:)`` has to look at.
    mutating func passes(_ piece: String) -> Bool {
        guard isPassingAll, !piece.isEmpty else { return false }
        drained += piece.utf8.count
        return true
    }

    private mutating func consume(piece: String) -> [Part] {
        held += piece.utf8
        if case .channel = state {} else { onlyThought?.append(contentsOf: piece.utf8) }
        if onlyThought?.count ?? 0 > Self.maxHeld { onlyThought = nil }
        search?.consume(piece.utf8)
        return move()
    }

    /// The server separates thoughts itself, so that text without a tag belongs to the answer.
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

    /// The remaining parts, at the end of the answer.
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
            // Half a tag that turned out not to be one, white space alone, or text that nothing marks as a thought.
            addAnswer(upTo: held.count, &parts)
        }
    }

    private var isThinking: Bool {
        if case .thinking = state { true } else { false }
    }

    /// Whether nothing follows the tag on its line.
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
