/// What stands around a tag, which tells whether it marks a thought or is a word of an answer about tags: in code, in quotes, or in
/// the middle of a sentence.
struct TagContext {
    enum Stance: Equatable {
        /// A word among others.
        case mention
        /// Right behind a sentence or a word, or right before one, as models write a tag that ends a thought.
        case inText
        /// On a line of its own.
        case alone
    }

    /// What was last written, on whatever line; nil at the beginning.
    private(set) var last: Unicode.Scalar?
    /// What was last written on this line.
    private var mark: Unicode.Scalar?
    /// Whether white space stands behind it.
    private var hasSpace = false
    /// Columns of white space that the line begins with.
    private var indent = 0
    /// Whether the line is nothing but a number or a bullet yet.
    private var isBullet = true
    private var isInLineOfCode = false
    private var isInBlockOfCode = false
    /// The backquotes, or tildes, that were just passed.
    private var fence: (mark: Unicode.Scalar, count: Int, isAtLineStart: Bool)?

    var isAtLineStart: Bool { mark == nil }

    var isCode: Bool { isInBlockOfCode || isInLineOfCode || (isAtLineStart && indent >= 4) }

    /// Goes on behind `scalar`.
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
            (mark, last, hasSpace) = (scalar, scalar, false)
        }
    }

    /// A run of backquotes ends where something else follows, a tag for example.
    mutating func endFence(before scalar: Unicode.Scalar) {
        guard let fence, fence.mark != scalar else { return }
        if fence.isAtLineStart, fence.count >= 3 {
            isInBlockOfCode.toggle()
        } else if fence.mark == "`" {
            isInLineOfCode.toggle()
        }
        self.fence = nil
    }

    /// How a closing tag stands that is here.
    ///
    /// - Parameters:
    ///   - next: what is written behind it on the same line; nil where nothing is.
    ///   - hasSpaceBehind: whether white space stands between.
    ///   - isPaired: whether an opening tag stands before it.
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

    private static let bullets = scalars("0123456789.)-•*+#")
    private static let sentenceEnds = scalars(".!?…。！？")
    private static let marksBefore = scalars("\"'`«“‘„‚‹([{<>=:~|*_\\/「『《〈（【＜：")
    private static let marksBehind = scalars("\"'`»”’›)]}>,;:.!?…|\\」』》〉）】＞。！？：，")

    private static func scalars(_ text: String) -> Set<Unicode.Scalar> { Set(text.unicodeScalars) }
}
