/// A stretch of a prepared text that espeak-ng reads as a text of its own.
struct Passage: Sendable, Hashable {
    enum End: Sendable, Hashable {
        /// At the end of a line or of the text.
        case line
        /// At the end of a sentence within a line.
        case sentence
        /// Between words: the sentence continues.
        case word
        /// Within what should be one word.
        case within
    }

    /// Scalars of the prepared text, including white space at the end.
    var range: Range<Int>
    var end: End
    /// Whether the voice forgets what it read before. It reads the same letter at most three times in a row.
    var startsAnew = false
}
