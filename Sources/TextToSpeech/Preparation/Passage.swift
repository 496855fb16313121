/// A stretch of a prepared text that espeak-ng reads as a text of its own.
struct Passage: Sendable, Hashable {
    enum End: Sendable, Hashable {
        /// At the end of a line or of the text.
        case line
        /// At the end of a sentence within a line.
        case sentence
        /// Between words: what follows goes on.
        case word
        /// Within what should be one word.
        case within
    }

    /// Of the prepared text's scalars, white space at the end included.
    var range: Range<Int>
    var end: End
    /// Whether the voice forgets what it read before. It reads one letter three times in a row at most.
    var startsAnew = false
}
