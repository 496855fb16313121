import Synchronization

/// The phonemes of sentences that pass by, a line for each.
final class PhonemeLines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ sentence: SpokenSentence) {
        lines.withLock { lines in
            if sentence.continues, let last = lines.popLast() {
                lines.append(last + " " + sentence.phonemes)
            } else {
                lines.append(sentence.phonemes)
            }
        }
    }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
