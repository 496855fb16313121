/// What a block of phonemes is for the sentence around it, which piper-tts knows nothing of: there a comma behind a block is lost, and so
/// are the ends of sentences beside one.
struct BlockPlace: Sendable {
    /// The block, with the mark behind it.
    let text: String
    /// What stands right behind the block, spaces included; empty without a mark.
    let mark: String
    /// Whether a sentence ends before it, or with it.
    let beginsSentence: Bool
    let endsSentence: Bool
    private let spaceBefore: Bool
    private let spaceAfter: Bool

    private static let ends: Set<Character> = [".", "!", "?", "…"]
    private static let pauses: Set<Character> = [",", ";", ":"]

    /// - Parameter isLiteral: whether it is spoken as in piper-tts.
    init(of block: String, after before: String, before after: String, isLiteral: Bool) {
        guard !isLiteral else {
            (text, mark, beginsSentence, endsSentence) = (block, "", false, false)
            (spaceBefore, spaceAfter) = (before.last == " ", after.first == " ")
            return
        }
        let marks = Self.mark(of: after)
        (mark, text) = (marks, block + marks)
        let (gap, next) = (before.reversed().prefix(while: \.isWhitespace), after.dropFirst(marks.count))
        let last = before.reversed().dropFirst(gap.count).first { !"\"”’»)".contains($0) }
        beginsSentence = gap.contains(where: \.isNewline) || !gap.isEmpty && last.map(Self.ends.contains) == true
        endsSentence =
            marks.contains(where: Self.ends.contains) || next.prefix(while: \.isWhitespace).contains(where: \.isNewline)
        // A pause has a space of its own.
        let isPaused = before.reversed().dropFirst(gap.count).first.map(Self.pauses.contains) == true
        spaceBefore = !gap.isEmpty && !beginsSentence && !isPaused
        spaceAfter = marks.isEmpty && next.first?.isWhitespace == true && !endsSentence
    }

    /// ", " in ", dit-il", also behind a space, as French writes it; empty where something that is spoken stands there.
    private static func mark(of text: String) -> String {
        let gap = text.prefix { $0.isWhitespace && !$0.isNewline }
        let marks = text.dropFirst(gap.count).prefix { ends.contains($0) || pauses.contains($0) }
        let next = text.dropFirst(gap.count + marks.count).first
        guard !marks.isEmpty, next.map({ $0.isWhitespace || "\"”’»)".contains($0) }) ?? true else { return "" }
        return String(gap + marks)
    }

    /// With the spaces and the mark around it.
    func phonemes(around phonemes: [String]) -> [String] {
        guard !phonemes.isEmpty else { return [] }
        let symbol = mark.first { Self.ends.contains($0) } ?? mark.first { Self.pauses.contains($0) }
        let tail = symbol.map { $0 == "…" ? ["."] : Self.pauses.contains($0) ? [String($0), " "] : [String($0)] } ?? []
        return (spaceBefore ? [" "] : []) + phonemes + tail + (spaceAfter ? [" "] : [])
    }
}
