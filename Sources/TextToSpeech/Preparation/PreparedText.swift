import EspeakNG

/// A text in the form that espeak-ng reads best, and the origin of each of its scalars.
///
/// Accents are composed, compatibility forms are replaced by what they stand for (see ``SpokenForm``), no-break spaces become spaces,
/// emoji are separated, and characters without a sound are left out. The library does not treat no-break spaces as white space: French
/// texts have them before "!" and within numbers, so it would miss the end of "« Oui ! »" and read 12 345 as two numbers.
///
/// Sounds are words of one scalar, so that no cut tears them apart; ``text(_:)`` gives the library's names of them.
struct PreparedText: Sendable {
    /// A stretch of the source that is given as sounds, in brackets that belong to it.
    struct Sounds: Sendable {
        var range: Range<Int>
        var words: [EspeakAlphabet.Word]
    }

    private(set) var scalars: [Unicode.Scalar] = []
    /// What stands at places of ``scalars``.
    private(set) var sounds: [Int: EspeakAlphabet.Word] = [:]
    private let hasSounds: Bool
    /// For each scalar, the offset in ``source`` of the text it was made from.
    private var origins: [Int] = []
    private let source: [Unicode.Scalar]
    private static let marksPerLetter = 4

    /// - Parameter sounds: in order.
    init(_ text: String, sounds: [Sounds] = []) {
        source = Array(text.unicodeScalars)
        hasSounds = !sounds.isEmpty
        scalars.reserveCapacity(source.count)
        origins.reserveCapacity(source.count)
        var form = SpokenForm()
        var start = 0
        var sounds = sounds[...]
        while start < source.count {
            if let next = sounds.first, next.range.lowerBound == start {
                append(next)
                start = next.range.upperBound
                sounds = sounds.dropFirst()
                continue
            }
            let end = segmentEnd(from: start)
            // More marks on a letter than any language uses are decoration. They would be read out one by one.
            let segment = source[start..<min(end, start + 1 + 4 * Self.marksPerLetter)]
            var marks = 0
            for scalar in form.spoken(segment) {
                marks = scalar.isCombiningMark ? marks + 1 : 0
                if marks <= Self.marksPerLetter { append(scalar, from: start) }
            }
            start = end
        }
    }

    /// The part of the original text that became `range`.
    func original(_ range: Range<Int>) -> String {
        let end = range.upperBound < origins.count ? origins[range.upperBound] : source.count
        let start = range.isEmpty ? end : origins[range.lowerBound]
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[start..<max(start, end)])
        return String(view)
    }

    /// What espeak-ng is given.
    func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        guard hasSounds else {
            view.append(contentsOf: scalars[range])
            return String(view)
        }
        for index in range {
            if let word = sounds[index] {
                view.append(contentsOf: word.text.unicodeScalars)
            } else {
                view.append(scalars[index])
            }
        }
        return String(view)
    }

    /// The place behind so many scalars of what espeak-ng was given from `start` on.
    func place(behind count: Int, from start: Int) -> Int {
        guard hasSounds else { return start + count }
        var (place, rest) = (start, count)
        while rest > 0, place < scalars.count {
            rest -= sounds[place]?.text.unicodeScalars.count ?? 1
            place += 1
        }
        return place
    }

    /// A scalar and the marks that may compose with it.
    private func segmentEnd(from start: Int) -> Int {
        var end = start + 1
        while end < source.count, source[end].extendsLetter { end += 1 }
        return end
    }

    private mutating func append(_ scalar: Unicode.Scalar, from origin: Int) {
        guard !scalar.isSilent else { return }
        // Only sounds may have two brackets in a row where the library heeds them; a single one has no sound either.
        if hasSounds, scalar == "[", scalars.last == "[" { append(" ", from: origin) }
        // The library takes a row of them for one word, of which it would read the first few.
        if scalar.beginsEmoji, let last = scalars.last, last.endsEmoji {
            scalars.append(" ")
            origins.append(origin)
        }
        scalars.append(scalar.isNoBreakSpace ? " " : scalar)
        origins.append(origin)
    }

    private mutating func append(_ block: Sounds) {
        for word in block.words {
            // The library misses brackets right behind other marks.
            if scalars.last?.properties.isWhitespace == false { append(" ", from: block.range.lowerBound) }
            sounds[scalars.count] = word
            append("\u{FFFC}", from: block.range.lowerBound)
        }
    }
}

extension EspeakAlphabet.Word {
    /// With its brackets.
    var text: String { "[[\(mnemonics)]]" }
}

extension Unicode.Scalar {
    /// White space to a reader, but not to espeak-ng.
    var isNoBreakSpace: Bool { self == "\u{A0}" || self == "\u{2007}" || self == "\u{202F}" }

    /// Marks that modify the previous letter.
    var isCombiningMark: Bool {
        guard value >= 0x300 else { return false }
        return switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: value < 0xFE00 || value > 0xFE0F
        default: false
        }
    }

    /// What canonical composition may join to the previous scalar: marks, and the later parts of a Hangul syllable.
    fileprivate var extendsLetter: Bool {
        guard value >= 0x300 else { return false }
        if (0x1160...0x11FF).contains(value) { return true }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Control characters except white space (U+0001 would begin a command of the library), soft hyphens and the like.
    fileprivate var isSilent: Bool {
        switch value {
        case 9...13: false
        case ..<0x20, 0x7F, 0xAD, 0x200B, 0x2060, 0xFEFF: true
        default: false
        }
    }

    private var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }

    fileprivate var beginsEmoji: Bool {
        value >= 0x2300 && properties.isEmojiPresentation && !isRegionalIndicator && !properties.isEmojiModifier
    }

    fileprivate var endsEmoji: Bool { value == 0xFE0F || properties.isEmojiModifier || beginsEmoji }
}
