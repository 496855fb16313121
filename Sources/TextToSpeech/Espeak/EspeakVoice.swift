import BridgeSupport
public import EspeakNG
import EspeakProtocol

/// A built-in voice, spoken by espeak-ng's own synthesiser: robotic, instant, and there without any download.
public struct EspeakVoice: VoiceBackend {
    public let voiceID: String
    public let sampleRate: Int
    public var speakers: [String] { [] }
    private let espeak: EspeakNG
    private let name: String

    /// The ids that exist, and the voice of the library that each stands for.
    public static let voices = ["espeak-fr": "fr", "espeak-en": "en-us"]

    /// - Throws: `voice_not_found` for another id, `model_not_installed` when the library's data lacks the language.
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

    public func synthesize(
        _ request: SynthesisRequest, onSentence: @Sendable (SpokenSentence) async throws -> Void
    ) async throws {
        if let speaker = request.speaker, ![.number(0), .name("0")].contains(speaker) {
            throw ServiceError.invalid("speaker", "The voice \"\(voiceID)\" has one speaker; leave speaker out.")
        }
        let clauses = try await EspeakReader(espeak: espeak, voice: name).clauses(of: request.text)
        let rate = Int((Double(EspeakNG.normalRate) * request.speed).rounded())
        let silence = Int(Double(sampleRate) * request.sentenceSilence)
        var index = 0
        for stretch in await asideWhereLong(request.text.utf8.count, { Self.stretches(of: clauses) }) {
            try Task.checkCancellation()
            var samples = try await espeak.speak(stretch.spoken, voice: name, rate: rate, endPause: stretch.endsLine)
            // Nothing was spoken of "…" or "()".
            guard samples.contains(where: { $0 != 0 }) else { continue }
            SentenceLoudness.adjust(&samples, normalize: request.normalize, volume: request.volume)
            if index > 0, !stretch.continues, silence > 0 {
                samples.insert(contentsOf: repeatElement(0, count: silence), at: 0)
            }
            try await onSentence(SpokenSentence(index: index, text: stretch.original.trimmed, samples: samples))
            index += 1
        }
    }

    /// What is spoken at once.
    private struct Stretch {
        var spoken = ""
        var original = ""
        /// Whether it goes on with the sentence before.
        var continues = false
        var endsLine = true
    }

    /// Sentences; one that goes on for more than 1,000 bytes is cut at the end of a clause, so that other callers get their turn, and one
    /// that was read in passages is spoken in them.
    private static func stretches(of clauses: [ReadClause]) -> [Stretch] {
        var stretches: [Stretch] = []
        var current = Stretch()
        for clause in clauses {
            current.spoken += clause.spoken
            current.original += clause.original
            let isEnd = clause.terminator.endsSentence || clause.passageEnd == .line
            if isEnd || clause.passageEnd != nil || current.spoken.utf8.count > 1000 {
                current.endsLine = isEnd || clause.passageEnd == nil
                stretches.append(current)
                current = Stretch(continues: !isEnd)
            }
        }
        return (stretches + [current]).filter { !$0.spoken.trimmed.isEmpty }
    }
}
