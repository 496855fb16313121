public import EspeakProtocol
import Synchronization

/// What the library reads in one step: a stretch of text up to a sentence end, comma or similar.
public struct Clause: Sendable, Hashable {
    /// IPA as the library gives it, including language flags such as "(en)", without the terminator.
    public var phonemes: String
    /// The mark at its end.
    public var terminator: ClauseTerminator
    /// The text of the clause, with its terminator and the white space after it. All clauses' texts make up the whole.
    public var text: String

    /// For clauses made by hand; ``EspeakNG/clauses(of:voice:)`` makes the clauses of a text.
    public init(phonemes: String, terminator: ClauseTerminator, text: String) {
        self.phonemes = phonemes
        self.terminator = terminator
        self.text = text
    }
}

extension EspeakNG {
    /// One of several texts that are read in a row.
    public struct Passage: Sendable, Hashable {
        /// The text, read by itself: no clause extends beyond it.
        public var text: String
        /// Whether the voice forgets what it read before. It reads the same letter or symbol at most three times in a row.
        public var startsAnew: Bool
        /// Whether `[[` and `]]` enclose mnemonics, see ``EspeakAlphabet``. Without it they are text.
        public var hasMnemonics: Bool

        /// By default the voice goes on as in the text before, and all is text.
        public init(_ text: String, startsAnew: Bool = false, hasMnemonics: Bool = false) {
            self.text = text
            self.startsAnew = startsAnew
            self.hasMnemonics = hasMnemonics
        }
    }

    /// The clauses of `text`, spoken as `voice` would.
    ///
    /// About 0.3 ms for a sentence. Control characters are left out.
    ///
    /// - Throws: `model_not_installed` for a voice that the library does not have, `internal` for a text that it fails on,
    ///   `CancellationError`.
    public func clauses(of text: String, voice: String) async throws -> [Clause] {
        try await clauses(of: [Passage(text)], voice: voice).flatMap(\.self)
    }

    /// The clauses of each of `passages`, which are read as separate texts.
    ///
    /// - Throws: what ``clauses(of:voice:)-(String,_)`` throws.
    public func clauses(of passages: [Passage], voice: String) async throws -> [[Clause]] {
        let texts = passages.map { Self.readable($0.text) }
        var request = FrameWriter()
        request.frame(.phonemize) {
            $0.string(voice)
            $0.uint32(UInt32(passages.count))
            for (passage, text) in zip(passages, texts) {
                $0.bool(passage.startsAnew)
                $0.bool(passage.hasMnemonics)
                $0.string(text)
            }
        }
        return try await ask(request, of: voice) { ClauseReader(texts) }.clauses
    }
}

/// Collects clauses as they arrive.
private final class ClauseReader: AnswerFrames {
    private struct State {
        var clauses: [[Clause]]
        /// Where in its text the next clause begins.
        var starts: [String.Index]
    }

    private let texts: [String]
    private let state: Mutex<State>

    init(_ texts: [String]) {
        self.texts = texts
        state = Mutex(State(clauses: texts.map { _ in [] }, starts: texts.map(\.startIndex)))
    }

    var clauses: [[Clause]] { state.withLock { $0.clauses } }

    func take(_ frame: Frame) throws {
        guard frame.kind == .clause else { throw MalformedFrame() }
        var fields = FieldReader(frame)
        let (number, length) = try (Int(fields.uint32()), Int(fields.uint32()))
        let (symbol, endsSentence) = try (fields.uint8(), fields.bool())
        let phonemes = try fields.string()
        try fields.end()
        guard texts.indices.contains(number) else { throw MalformedFrame() }
        let text = texts[number]
        try state.withLock { state in
            let start = state.starts[number]
            guard let end = text.utf8.index(start, offsetBy: length, limitedBy: text.endIndex) else {
                throw MalformedFrame()
            }
            state.starts[number] = end
            let terminator = ClauseTerminator(
                symbol: symbol == 0 ? nil : Character(Unicode.Scalar(symbol)), endsSentence: endsSentence)
            state.clauses[number].append(
                Clause(phonemes: phonemes, terminator: terminator, text: String(text[start..<end])))
        }
    }
}
