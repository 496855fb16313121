/// Phrases whose numbers nobody writes in figures: "faire les cent pas", "forty winks".
struct Idioms: Sendable {
    private struct Phrase {
        /// What stands before the number, the nearest word first.
        var before: [Set<WordKey>]
        /// The number and what stands behind it.
        var words: [Set<WordKey>]
    }

    /// By the first word of their number.
    private let phrases: [WordKey: [Phrase]]

    /// - Parameter phrases: one a line, or with commas between them; "mon|ton|son" is one of these words.
    init(_ text: String, numberWords: NumberWords) {
        var phrases: [WordKey: [Phrase]] = [:]
        for line in text.split(whereSeparator: { $0 == "," || $0.isNewline }) {
            let words = line.split(separator: " ").map { word in
                Set(word.split(separator: "|").map { WordKey(String($0)) })
            }
            guard let place = words.firstIndex(where: { $0.contains { numberWords[$0] != nil } }) else { continue }
            let phrase = Phrase(before: words[..<place].reversed(), words: Array(words[place...]))
            for number in words[place] { phrases[number, default: []].append(phrase) }
        }
        self.phrases = phrases
    }

    /// Where the longest phrase ends whose number begins at a token.
    func end(at index: Int, in transcript: Transcript) -> Int? {
        guard let phrases = phrases[transcript.key(index)] else { return nil }
        var longest: Int?
        for phrase in phrases where stands(phrase, at: index, in: transcript) {
            longest = max(longest ?? 0, index + 2 * phrase.words.count - 1)
        }
        return longest
    }

    private func stands(_ phrase: Phrase, at index: Int, in transcript: Transcript) -> Bool {
        for (count, words) in phrase.words.enumerated().dropFirst() {
            let place = index + 2 * count
            guard transcript.isWord(place, words), isJoint(place - 1, in: transcript) else { return false }
        }
        for (count, words) in phrase.before.enumerated() {
            let place = index - 2 * (count + 1)
            guard transcript.isWord(place, words), isJoint(place + 1, in: transcript) else { return false }
        }
        return true
    }

    private func isJoint(_ index: Int, in transcript: Transcript) -> Bool {
        transcript.text.isSpace(index) || transcript.text.isMark(index, "-‑'’")
    }
}
