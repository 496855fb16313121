import EspeakNG
import EspeakProtocol
import Foundation

/// One sentence as a Piper voice speaks it.
struct PhonemizedSentence: Sendable, Hashable {
    /// The corresponding stretch of the request's text.
    var text: String
    /// The phonemes of each clause; a phoneme is one Unicode scalar, or a cluster that the voice counts as one.
    var clauses: [[String]]
    /// Whether it continues a sentence: long sentences are spoken in pieces.
    var continues = false

    var phonemes: [String] { clauses.flatMap(\.self) }
}

/// Turns text into phonemes exactly as piper-tts 1.8.0 does, for voices of the types `espeak` and `text`.
///
/// Source of the behaviour: piper-tts, OHF-Voice/piper1-gpl.
struct PiperPhonemizer: Sendable {
    var configuration: PiperConfiguration
    var espeak: EspeakNG

    /// The sentences of a text with blocks of phonemes in it.
    ///
    /// - Parameter prepares: whether the text is brought into the form that espeak-ng reads best, see ``PreparedText``; blocks stay
    ///   as they are.
    func reading(of text: String, prepares: Bool = false) async -> PhonemeReading {
        let parts =
            configuration.phonemeType == .espeak
            ? await asideWhereLong(text.utf8.count) { RawPhonemes.parts(of: text) }
            : [RawPhonemes.Part(text: text, isBlock: false)]
        return PhonemeReading(self, parts: parts, prepares: prepares)
    }

    /// The sentences of a text without blocks.
    func sentences(of text: String, prepares: Bool) async throws -> SentenceReading {
        guard configuration.phonemeType == .espeak else {
            return await asideWhereLong(text.utf8.count) { SentenceReading(self, letters: text) }
        }
        let reader = EspeakReader(espeak: espeak, voice: configuration.espeakVoice)
        if prepares { return SentenceReading(self, await reader.reading(of: text)) }
        return SentenceReading(self, all: text.isEmpty ? [] : try await reader.clauses(ofUnprepared: text))
    }

    static func phonemes(of clause: ReadClause) -> [String] {
        var text = withoutFlags(clause.phonemes)
        if let symbol = clause.terminator.symbol {
            text.append(symbol)
            if ",:;".contains(symbol) { text.append(" ") }
        }
        return text.decomposedStringWithCanonicalMapping.unicodeScalars.map { String($0) }
    }

    /// espeak-ng marks words of other languages with flags such as "(en)".
    private static func withoutFlags(_ phonemes: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = phonemes.unicodeScalars[...]
        while let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
            // Two brackets with nothing between them are not a flag.
            let isFlag = rest.index(after: open) < close
            result.append(contentsOf: rest[..<(isFlag ? open : rest.index(after: close))])
            rest = rest[rest.index(after: close)...]
        }
        result.append(contentsOf: rest)
        return String(result)
    }

    /// The sentence with phonemes joined that the voice counts as one; clusters may span clauses, which are then merged.
    func merged(_ sentence: PhonemizedSentence) -> PhonemizedSentence {
        guard let longest = configuration.vowelClusters.map(\.count).max() else { return sentence }
        var sentence = sentence
        sentence.clauses = [merge(sentence.phonemes, longest: longest)]
        return sentence
    }

    private func merge(_ phonemes: [String], longest: Int) -> [String] {
        var result: [String] = []
        var index = 0
        while index < phonemes.count {
            let lengths = stride(from: min(longest, phonemes.count - index), to: 1, by: -1)
            let length =
                lengths.first { configuration.vowelClusters.contains(Array(phonemes[index..<(index + $0)])) } ?? 1
            result.append(phonemes[index..<(index + length)].joined())
            index += length
        }
        return result
    }
}
