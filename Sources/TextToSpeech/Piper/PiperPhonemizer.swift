import EspeakNG
import EspeakProtocol
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

    /// - Parameter prepares: whether the text is brought into the form that espeak-ng reads best, see ``PreparedText``; what is in blocks
    ///   stays as it is.
    func sentences(of text: String, prepares: Bool = false) async throws -> [PhonemizedSentence] {
        guard configuration.phonemeType == .espeak else {
            let phonemes = await asideWhereLong(text.utf8.count) {
                text.decomposedStringWithCanonicalMapping.unicodeScalars.map { String($0) }
            }
            return [PhonemizedSentence(text: text, clauses: [phonemes])]
        }
        var sentences: [PhonemizedSentence] = []
        let parts = await asideWhereLong(text.utf8.count) { RawPhonemes.parts(of: text) }
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
                var spoken = try await speakable(part.text, prepares: prepares)
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

    private func speakable(_ text: String, prepares: Bool) async throws -> [PhonemizedSentence] {
        guard !text.isEmpty else { return [] }
        let reader = EspeakReader(espeak: espeak, voice: configuration.espeakVoice)
        let clauses = try await prepares ? reader.clauses(of: text) : reader.clauses(ofUnprepared: text)
        return await asideWhereLong(text.utf8.count) { sentences(of: clauses) }
    }

    private func sentences(of clauses: [ReadClause]) -> [PhonemizedSentence] {
        var sentences: [PhonemizedSentence] = []
        var current = PhonemizedSentence(text: "", clauses: [])
        for clause in clauses {
            current.clauses.append(Self.phonemes(of: clause))
            current.text += clause.original
            if clause.terminator.endsSentence {
                sentences.append(merged(current))
                current = PhonemizedSentence(text: "", clauses: [])
            }
        }
        if current.clauses.contains(where: { !$0.isEmpty }) { sentences.append(merged(current)) }
        return sentences
    }

    private static func phonemes(of clause: ReadClause) -> [String] {
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
            // Two brackets with nothing between them are no flag.
            let isFlag = rest.index(after: open) < close
            result.append(contentsOf: rest[..<(isFlag ? open : rest.index(after: close))])
            rest = rest[rest.index(after: close)...]
        }
        result.append(contentsOf: rest)
        return String(result)
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
