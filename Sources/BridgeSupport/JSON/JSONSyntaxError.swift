/// Why and where a text is not JSON, or exceeds the limits of its reader.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as the end of a sentence.
    public enum Reason: String, Sendable {
        /// Found at the end of the text.
        case unexpectedEnd = "the text ends too early"
        /// Found at that byte.
        case unexpectedByte = "nothing in JSON may stand there"
        /// Found at its first byte that is not white space.
        case trailingText = "something follows the value"
        /// Found at the bracket.
        case trailingComma = "a comma stands before a closing bracket"
        /// Found at that character.
        case controlCharacter = "a text holds a raw control character"
        /// Found at the backslash.
        case unknownEscape = "a backslash in a text has no meaning"
        /// Found at the escape of half a character, or at a byte that is not UTF-8.
        case notUnicode = "a text is not Unicode"
        /// Found at its first character.
        case malformedNumber = "a number is not written as in JSON"
        /// Found at its first character.
        case numberTooLarge = "a number is too large"
        case tooDeep = "it is nested too deeply"
        case tooManyValues = "it holds too many values"
        case tooLong = "it is longer than 4 GiB"
    }

    /// The first error, or the most telling one at that place.
    public var reason: Reason
    /// In bytes from the beginning of the text.
    public var offset: Int
    /// The member of the outermost object that the error is in, as its key is written.
    public var field: String?

    /// The reason and its place, for errors that a client reads.
    public var description: String { "\(reason.rawValue) (at byte \(offset))" }
}

/// The limits of a reader of JSON.
public struct JSONLimits: Sendable {
    /// Arrays and objects within each other.
    public var depth: Int
    /// Counted by commas and brackets, so that memory is bounded before any is allocated. A value takes twelve bytes in addition to
    /// its text.
    public var values: Int
    /// Whether a text that is not Unicode (bytes that are not UTF-8, half of a surrogate pair) is an error. Otherwise the wrong parts
    /// become U+FFFD.
    public var refusesBrokenUnicode: Bool

    /// By default only the depth is bounded.
    public init(depth: Int = 512, values: Int = .max, refusesBrokenUnicode: Bool = true) {
        self.depth = depth
        self.values = values
        self.refusesBrokenUnicode = refusesBrokenUnicode
    }
}
