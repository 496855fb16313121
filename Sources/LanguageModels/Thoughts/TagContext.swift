/// The surroundings of a tag, which show whether it marks a thought or is a word of an answer about tags: in code, in quotes, or in
/// the middle of a sentence.
struct TagContext {
    enum Stance: Equatable {
        /// A word among others.
        case mention
        /// Immediately after a sentence or a word, or before one, as models write a tag that ends a thought.
        case inText
        /// On a line of its own.
        case alone
    }

    /// The last character written, on whatever line, ignoring marks for bold; nil at the beginning.
    private var last: Unicode.Scalar?
    /// The last character written on this line.
    private var mark: Unicode.Scalar?
    /// Whether white space follows it.
    private var hasSpace = false
    /// Columns of white space that the line begins with.
    private var indent = 0
    /// Whether the line so far is only a number or a bullet.
    private var isBullet = true
    private var isInLineOfCode = false
    private var isInBlockOfCode = false
    /// The backquotes, or tildes, that were just passed.
    private var fence: (mark: Unicode.Scalar, count: Int, isAtLineStart: Bool)?

    var isAtLineStart: Bool { mark == nil }

    /// Whether this is the line after a colon: its content is an example.
    var isExample: Bool { isAtLineStart && (last == ":" || last == "：") }

    var isCode: Bool { isInBlockOfCode || isInLineOfCode || (isAtLineStart && indent >= 4) }

    /// Moves on past `scalar`.
    mutating func pass(_ scalar: Unicode.Scalar) {
        endFence(before: scalar)
        if scalar == "\n" {
            (mark, hasSpace, indent, isBullet, isInLineOfCode) = (nil, false, 0, true, false)
        } else if scalar.isBlank {
            hasSpace = true
            if isAtLineStart { indent += scalar == "\t" ? 4 : 1 }
        } else {
            if scalar == "`" || scalar == "~" {
                fence = (scalar, (fence?.count ?? 0) + 1, fence?.isAtLineStart ?? (isAtLineStart && indent < 4))
            }
            isBullet = isBullet && Self.bullets.contains(scalar)
            (mark, hasSpace) = (scalar, false)
            if scalar != "*", scalar != "_" { last = scalar }
        }
    }

    /// A run of backquotes ends at any other character, a tag for example.
    mutating func endFence(before scalar: Unicode.Scalar) {
        guard let fence, fence.mark != scalar else { return }
        if fence.isAtLineStart, fence.count >= 3 {
            isInBlockOfCode.toggle()
        } else if fence.mark == "`" {
            isInLineOfCode.toggle()
        }
        self.fence = nil
    }

    /// The position of a closing tag at this place.
    ///
    /// - Parameters:
    ///   - next: the character after it on the same line; nil if there is none.
    ///   - hasSpaceBehind: whether white space comes between.
    ///   - isPaired: whether an opening tag precedes it.
    func stance(next: Unicode.Scalar?, hasSpaceBehind: Bool, isPaired: Bool) -> Stance {
        if isCode { return .mention }
        if isAtLineStart, next == nil { return .alone }
        let isGluedBehind = next.map { !hasSpaceBehind && !Self.marksBehind.contains($0) } ?? false
        guard !isPaired else { return .mention }
        guard let mark else { return isGluedBehind ? .inText : .mention }
        if isBullet || Self.marksBefore.contains(mark) { return .mention }
        let isBehindSentence = Self.sentenceEnds.contains(mark)
        let isTight = !hasSpace && (isBehindSentence || next == nil || hasSpaceBehind)
        return isGluedBehind || isTight || (isBehindSentence && next == nil) ? .inText : .mention
    }

    /// Whether a closing tag here ends a thought whose opening tag may itself be a word of a sentence, as in
    /// `<think> ouvre, </think> ferme`.
    func endsDoubtful(next: Unicode.Scalar?, hasSpaceBehind: Bool) -> Bool {
        if isCode || mark.map(Self.marksBefore.contains) == true { return false }
        guard let next else { return true }
        if !hasSpaceBehind { return !next.followsWords }
        return next == "<" || mark.map(Self.sentenceEnds.contains) != false && !next.properties.isLowercase
    }

    private static let bullets = scalars("0123456789.)-•*+#")
    private static let sentenceEnds = scalars(".!?…。！？")
    private static let marksBefore = scalars("\"'`«“‘„‚‹([{<>=:~|*_\\/「『《〈（【＜：")
    fileprivate static let marksBehind = scalars("\"'`»”’›)]}>,;:.!?…|\\」』》〉）】＞。！？：，")

    private static func scalars(_ text: String) -> Set<Unicode.Scalar> { Set(text.unicodeScalars) }
}

extension Unicode.Scalar {
    /// Whether it is a mark that immediately follows the word, or the tag, that it belongs to.
    var followsWords: Bool { TagContext.marksBehind.contains(self) }
}
