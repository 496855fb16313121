/// Phrases whose numbers nobody writes in figures: "faire les cent pas", "forty winks".
struct Idioms: Sendable {
    private struct Phrase: Sendable {
        /// What stands before the number, the nearest word first.
        var before: [WordKeySet]
        /// The number and what stands behind it.
        var words: [WordKeySet]
    }

    /// The phrases with a number.
    private final class Number: Sendable {
        let phrases: [Phrase]
        /// Of each phrase, the word behind the first one of the number, or that before it: most numbers have neither beside them.
        let neighbours: WordKeySet

        init(_ phrases: [Phrase]) {
            self.phrases = phrases
            neighbours = WordKeySet(phrases.flatMap { ($0.words.dropFirst().first ?? $0.before.first)?.words ?? [] })
        }
    }

    /// By the first word of their number.
    private let numbers: WordKeyTable<Number>

    /// - Parameter text: phrases, one a line, or with commas between them; "mon|ton|son" is one of these words.
    init(_ text: String, numberWords: WordKeyTable<NumberWord>) {
        var phrases: [WordKey: [Phrase]] = [:]
        for line in text.split(whereSeparator: { $0 == "," || $0.isNewline }) {
            let words = line.split(separator: " ").map { word in
                WordKeySet(word.split(separator: "|").map { WordKey(String($0)) })
            }
            let first = words.firstIndex { $0.words.contains(where: numberWords.contains) }
            guard let place = first else { continue }
            let phrase = Phrase(before: words[..<place].reversed(), words: Array(words[place...]))
            for number in words[place].words { phrases[number, default: []].append(phrase) }
        }
        numbers = WordKeyTable(phrases.mapValues(Number.init))
    }

    /// Where the longest phrase ends whose number begins at a token.
    func end(at index: Int, in transcript: Transcript) -> Int? {
        guard let number = numbers[transcript.key(index)],
            transcript.isWord(index + 2, number.neighbours) || transcript.isWord(index - 2, number.neighbours)
        else { return nil }
        var longest: Int?
        for phrase in number.phrases where stands(phrase, at: index, in: transcript) {
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
