import BridgeSupport
public import EspeakNG
import EspeakProtocol
public import WorkScheduling

/// A built-in voice, spoken by espeak-ng's own synthesiser: robotic, instant, and available without any download.
public struct EspeakVoice: VoiceBackend {
    /// One of ``voices``.
    public let voiceID: String
    /// Hertz, as the library says.
    public let sampleRate: Int
    /// Of the library's voice.
    public var language: String? { name }
    /// It takes the lexicon's phonemes, translated to the library's own alphabet; brackets in a text are text.
    public var takesPhonemes: Bool { true }
    /// No speaker has a name.
    public var speakers: [String] { [] }
    private let espeak: EspeakNG
    private let name: String

    /// The existing ids, and the library's voice for each.
    public static let voices = ["espeak-fr": "fr", "espeak-en": "en-us"]

    /// - Throws: `voice_not_found` for any other id, `model_not_installed` when the library's data lacks the language.
    public init(voiceID: String, espeak: EspeakNG) throws {
        guard let name = Self.voices[voiceID] else {
            throw ServiceError(
                .voiceNotFound,
                "There is no such built-in voice. Use \(Self.voices.keys.sorted().joined(separator: " or ")).",
                param: "voice")
        }
        guard try espeak.hasVoice(name) else {
            throw ServiceError(
                .modelNotInstalled,
                "espeak-ng \(espeak.version) has no voice \"\(name)\". Install the Debian package espeak-ng-data.")
        }
        self.voiceID = voiceID
        self.name = name
        self.espeak = espeak
        sampleRate = espeak.sampleRate
    }

    /// Sentences that espeak-ng itself speaks; the only speaker is 0.
    public func sentences(of request: SynthesisRequest, ticket: WorkTicket) async throws -> any SentenceSequence {
        if let speaker = request.speaker, ![.number(0), .name("0")].contains(speaker) {
            throw ServiceError.invalid("speaker", "The voice \"\(voiceID)\" has one speaker; leave speaker out.")
        }
        let reader = EspeakReader(espeak: espeak, voice: name)
        let reading = await reader.reading(of: request.text, phonemes: request.lexiconPhonemes)
        return Sentences(voice: self, request: request, stretches: Stretches(reading))
    }

    private struct Sentences: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let voice: EspeakVoice
        let request: SynthesisRequest
        var stretches: Stretches
        var index = 0

        func makeAsyncIterator() -> Self { self }

        mutating func next() async throws -> SpokenSentence? {
            let rate = Int((Double(EspeakNG.normalRate) * request.speed).rounded())
            while let stretch = try await (Stage.phonemes.measure { try await stretches.next() }) {
                try Task.checkCancellation()
                var samples = try await Stage.synthesis.measure {
                    try await voice.espeak.speak(
                        stretch.spoken, voice: voice.name, rate: rate, endPause: stretch.endsLine,
                        hasMnemonics: stretches.hasMnemonics)
                }
                // Nothing was spoken for "…" or "()".
                guard samples.contains(where: { $0 != 0 }) else { continue }
                SentenceLoudness.adjust(&samples, normalize: request.normalize, volume: request.volume ?? 1)
                if index > 0, !stretch.continues {
                    let silence = Int(Double(voice.sampleRate) * (request.sentenceSilence ?? 0))
                    samples.insert(contentsOf: repeatElement(0, count: silence), at: 0)
                }
                defer { index += 1 }
                return SpokenSentence(
                    index: index, text: stretch.original.trimmed, samples: samples, phonemes: stretch.phonemes.trimmed,
                    continues: stretch.continues)
            }
            return nil
        }
    }
}

/// The unit that is spoken at once: a sentence. A sentence of more than 1,000 bytes is cut at the end of a clause, so that other callers
/// get their turn, and one that was read in passages is spoken in passages.
private struct Stretches: Sendable {
    struct Stretch {
        var spoken = ""
        var original = ""
        var phonemes = ""
        /// Whether it continues the previous sentence.
        var continues = false
        var endsLine = true
    }

    private var reading: EspeakReading
    var hasMnemonics: Bool { reading.hasMnemonics }
    private var clauses: ArraySlice<ReadClause> = []
    private var current = Stretch()

    init(_ reading: EspeakReading) { self.reading = reading }

    mutating func next() async throws -> Stretch? {
        while true {
            while let clause = clauses.popFirst() {
                if let stretch = add(clause), !stretch.spoken.trimmed.isEmpty { return stretch }
            }
            guard let next = try await reading.next() else { break }
            clauses = next[...]
        }
        defer { current = Stretch() }
        return current.spoken.trimmed.isEmpty ? nil : current
    }

    /// The stretch that ends with `clause`, if one does.
    private mutating func add(_ clause: ReadClause) -> Stretch? {
        current.spoken += clause.spoken
        current.original += clause.original
        current.phonemes += PiperPhonemizer.phonemes(of: clause).joined()
        let isEnd = clause.terminator.endsSentence || clause.passageEnd == .line
        guard isEnd || clause.passageEnd != nil || current.spoken.utf8.count > 1000 else { return nil }
        defer { current = Stretch(continues: !isEnd) }
        current.endsLine = isEnd || clause.passageEnd == nil
        return current
    }
}
