import EspeakProtocol
import Foundation

/// A text that is being turned into phonemes, sentence by sentence: the first one is known before the rest has been examined.
struct PhonemeReading: Sendable {
    private enum Step {
        case sentence(PhonemizedSentence)
        /// The part continues the previous sentence, and so does the text after it, unless a sentence ends between them.
        case block(BlockPlace, phonemes: [String])
    }

    private let phonemizer: PiperPhonemizer
    private let prepares: Bool
    /// Text and blocks of phonemes alternately.
    private let parts: [RawPhonemes.Part]
    private var nextPart = 0
    /// The text that is being read.
    private var text: SentenceReading?
    /// The newest sentence, which the next part may continue.
    private var open: PhonemizedSentence?
    private var goesOn = false

    init(_ phonemizer: PiperPhonemizer, parts: [RawPhonemes.Part], prepares: Bool) {
        self.phonemizer = phonemizer
        self.parts = parts
        self.prepares = prepares
    }

    /// The next sentence that has phonemes; nil at the end.
    ///
    /// - Throws: what `EspeakNG.clauses` throws.
    mutating func next() async throws -> PhonemizedSentence? {
        while let sentence = try await nextOrEmpty() {
            if sentence.clauses.contains(where: { !$0.isEmpty }) { return sentence }
        }
        return nil
    }

    private mutating func nextOrEmpty() async throws -> PhonemizedSentence? {
        while let step = try await nextStep() {
            switch step {
            case .block(let place, let phonemes):
                let finished = place.beginsSentence ? open : nil
                let empty = PhonemizedSentence(text: "", clauses: [])
                var sentence = finished == nil ? open ?? empty : empty
                sentence.clauses.append(phonemes)
                sentence.text += place.text
                (open, goesOn) = (sentence, !place.endsSentence)
                if let finished { return finished }
            case .sentence(let sentence):
                let last = open
                if goesOn, let last {
                    open = PhonemizedSentence(text: last.text + sentence.text, clauses: last.clauses + sentence.clauses)
                    goesOn = false
                } else {
                    open = sentence
                    if let last { return last }
                }
            }
        }
        defer { open = nil }
        return open
    }

    private mutating func nextStep() async throws -> Step? {
        while true {
            if let sentence = try await text?.next() { return .sentence(sentence) }
            guard nextPart < parts.count else { return nil }
            let number = nextPart
            nextPart += 1
            let part = parts[number]
            if part.isBlock {
                text = nil
                let place = place(of: number)
                return .block(place, phonemes: place.phonemes(around: part.phonemes))
            }
            // The mark behind a block went with it.
            let taken = number > 0 ? place(of: number - 1).mark.count : 0
            text = try await phonemizer.sentences(of: String(part.text.dropFirst(taken)), prepares: prepares)
        }
    }

    private func place(of number: Int) -> BlockPlace {
        BlockPlace(
            of: parts[number].text, after: number > 0 ? parts[number - 1].text : "",
            before: number + 1 < parts.count ? parts[number + 1].text : "", isLiteral: !prepares)
    }
}

/// A text without blocks that is being turned into phonemes, sentence by sentence.
struct SentenceReading: Sendable {
    private let phonemizer: PiperPhonemizer
    /// nil if `clauses` are all that is left.
    private var reading: EspeakReading?
    private var clauses: ArraySlice<ReadClause>
    private var current = PhonemizedSentence(text: "", clauses: [])

    init(_ phonemizer: PiperPhonemizer, _ reading: EspeakReading) {
        self.phonemizer = phonemizer
        self.reading = reading
        clauses = []
    }

    init(_ phonemizer: PiperPhonemizer, all clauses: [ReadClause]) {
        self.phonemizer = phonemizer
        self.clauses = clauses[...]
    }

    /// A text whose letters are its phonemes.
    init(_ phonemizer: PiperPhonemizer, letters text: String) {
        self.init(phonemizer, all: [])
        let phonemes = text.decomposedStringWithCanonicalMapping.unicodeScalars.map { String($0) }
        current = PhonemizedSentence(text: text, clauses: [phonemes])
    }

    mutating func next() async throws -> PhonemizedSentence? {
        repeat {
            while let clause = clauses.popFirst() {
                current.clauses.append(PiperPhonemizer.phonemes(of: clause))
                current.text += clause.original
                if clause.terminator.endsSentence { return await finish() }
            }
            clauses = try await reading?.next()?[...] ?? []
        } while !clauses.isEmpty
        return current.clauses.contains { !$0.isEmpty } ? await finish() : nil
    }

    private mutating func finish() async -> PhonemizedSentence {
        defer { current = PhonemizedSentence(text: "", clauses: []) }
        return await asideWhereLong(current.text.utf8.count) { [phonemizer, current] in phonemizer.merged(current) }
    }
}
