import EspeakNG
import Foundation

/// One sentence as a Piper voice speaks it.
struct PhonemizedSentence: Sendable, Hashable {
    /// The stretch of the request's text that it stands for.
    var text: String
    /// The phonemes of each clause; a phoneme is one Unicode scalar, or a cluster that the voice counts as one.
    var clauses: [[String]]
    /// Whether it goes on what the sentence before began: long sentences are spoken in pieces.
    var continues = false

    var phonemes: [String] { clauses.flatMap(\.self) }
}

/// Turns text into phonemes exactly as piper-tts 1.8.0 does, for voices of the types `espeak` and `text`.
///
/// Source of the behaviour: piper-tts, OHF-Voice/piper1-gpl.
struct PiperPhonemizer: Sendable {
    var configuration: PiperConfiguration
    var espeak: EspeakNG

    func sentences(of text: String) async throws -> [PhonemizedSentence] {
        guard configuration.phonemeType == .espeak else {
            let phonemes = text.decomposedStringWithCanonicalMapping.unicodeScalars.map { String($0) }
            return [PhonemizedSentence(text: text, clauses: [phonemes])]
        }
        var sentences: [PhonemizedSentence] = []
        let parts = RawPhonemes.parts(of: text)
        var followsBlock = false
        for (index, part) in parts.enumerated() {
            if part.isBlock {
                if sentences.isEmpty { sentences.append(PhonemizedSentence(text: "", clauses: [])) }
                var phonemes = part.phonemes
                if index > 0, parts[index - 1].text.utf8.last == UInt8(ascii: " ") { phonemes.insert(" ", at: 0) }
                if index + 1 < parts.count, parts[index + 1].text.utf8.first == UInt8(ascii: " ") {
                    phonemes.append(" ")
                }
                sentences[sentences.count - 1].clauses.append(phonemes)
                sentences[sentences.count - 1].text += part.text
            } else {
                var spoken = try await speakable(part.text)
                // The sentence that a block is in goes on after it.
                if followsBlock, let first = spoken.first {
                    sentences[sentences.count - 1].clauses += first.clauses
                    sentences[sentences.count - 1].text += first.text
                    spoken.removeFirst()
                }
                sentences += spoken
            }
            followsBlock = part.isBlock
        }
        return sentences.filter { sentence in sentence.clauses.contains { !$0.isEmpty } }
    }

    private func speakable(_ text: String) async throws -> [PhonemizedSentence] {
        var sentences: [PhonemizedSentence] = []
        var current = PhonemizedSentence(text: "", clauses: [])
        for clause in try await espeak.clauses(of: text, voice: configuration.espeakVoice) {
            current.clauses.append(Self.phonemes(of: clause))
            current.text += clause.text
            if clause.terminator.endsSentence {
                sentences.append(merged(current))
                current = PhonemizedSentence(text: "", clauses: [])
            }
        }
        if current.clauses.contains(where: { !$0.isEmpty }) { sentences.append(merged(current)) }
        return sentences
    }

    private static func phonemes(of clause: Clause) -> [String] {
        // espeak-ng marks words of other languages with flags such as "(en)".
        var text = clause.phonemes.replacing(/\([^)]+\)/.matchingSemantics(.unicodeScalar), with: "")
        if let symbol = clause.terminator.symbol {
            text.append(symbol)
            if ",:;".contains(symbol) { text.append(" ") }
        }
        return text.decomposedStringWithCanonicalMapping.unicodeScalars.map { String($0) }
    }

    /// The sentence with the phonemes joined that the voice counts as one; clusters may reach over clauses, which become one.
    private func merged(_ sentence: PhonemizedSentence) -> PhonemizedSentence {
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

/// Text outside and inside of `[[ … ]]`, where a writer gives the phonemes.
struct RawPhonemes {
    struct Part {
        /// Brackets included.
        var text: String
        var isBlock: Bool

        /// A block's scalars, the white space at both ends left out.
        var phonemes: [String] {
            let inner = Array(text.unicodeScalars.dropFirst(2).dropLast(2))
            let kept = inner.trimmingPrefix { $0.properties.isWhitespace }.reversed()
                .trimmingPrefix { $0.properties.isWhitespace }.reversed()
            return kept.map { String($0) }
        }
    }

    /// Outside parts and blocks by turns, beginning and ending with an outside part, which may be empty. A block stands in one
    /// line and is as short as possible.
    static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        // Scalars, not characters: a combining mark after "[[" must not hide it.
        while let match = rest.firstMatch(of: /\[\[[^\n]*?\]\]/.matchingSemantics(.unicodeScalar)) {
            parts.append(Part(text: String(rest[..<match.range.lowerBound]), isBlock: false))
            parts.append(Part(text: String(match.output), isBlock: true))
            rest = rest[match.range.upperBound...]
        }
        return parts + [Part(text: String(rest), isBlock: false)]
    }
}
