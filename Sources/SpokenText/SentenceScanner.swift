/// Finds where sentences end, in a text that may still grow. What it says of a place depends on nothing but the text around it, so that it
/// says the same however the text arrives.
struct SentenceScanner {
    /// As far as this it looks ahead for the beginning of the next sentence.
    private static let farthest = 64
    /// Brackets hold a sentence together no longer than this.
    private static let longestBracket = 400

    private var position = 0
    private var depth = 0
    private var opened = 0
    /// Where the text between two ends, and its line, began.
    private var start = 0
    private var isRow = false
    private let vocabulary: Vocabulary?
    private var hidden = HiddenPart()
    /// Whether there is anything in the newest sentence that may be taken away as markup.
    private(set) var mayHaveMarkup = false

    init(locale: SpokenLocale?) { vocabulary = locale?.vocabulary }

    /// The end of the sentence that began at the last end, with the space behind it; nil if the text must go on before it is known.
    mutating func next(in text: [Unicode.Scalar], isLast: Bool) -> Int? {
        if position == start, position < text.count { (mayHaveMarkup, isRow) = (false, text[position] == "|") }
        while position < text.count {
            if depth == 0 { position = Self.behindPlain(from: position, in: text) }
            guard position < text.count else { break }
            let scalar = text[position]
            if scalar == "\n" { return finish(position + 1) }
            if MarkupReader.mayBeMarkup(scalar) { mayHaveMarkup = true }
            if scalar == "<" {
                switch Thought.opening.match(in: text, at: position, isLast: isLast) {
                case .none: break
                case .unknown: return nil
                case .found:
                    if position > start { return finish(position) }
                    return nil
                }
                switch hidden.match(in: text, at: position, isLast: isLast) {
                case .none: break
                case .unknown: return nil
                case .found(let end):
                    position = end
                    continue
                }
            }
            count(scalar)
            if Self.endsSentence(scalar), depth < 2, !isRow {
                if depth == 1 {
                    // Only the last one within brackets can end the sentence around them.
                    guard position + 1 < text.count || isLast else { return nil }
                    guard position + 1 < text.count, text[position + 1] == ")" else {
                        position += 1
                        continue
                    }
                }
                guard let next = beginning(behind: position, in: text, isLast: isLast) else { return nil }
                if text[position + 1..<next.index].contains(where: MarkupReader.mayBeMarkup) { mayHaveMarkup = true }
                if next.isBeginning { return finish(next.index) }
                depth = 0
                position = next.index
            } else {
                position += 1
            }
        }
        return isLast && start < text.count ? finish(text.count) : nil
    }

    /// The next scalar outside brackets that may be markup, or end or hold together a sentence; hardly any scalar of a text does.
    private static func behindPlain(from start: Int, in text: [Unicode.Scalar]) -> Int {
        text.withUnsafeBufferPointer { text in
            plainASCII.withUnsafeBufferPointer { plainASCII in
                var place = start
                while place < text.count, case let value = text[place].value,
                    value < 0x80 ? plainASCII[Int(value)] : value < 0x2000 || isPlain(text[place])
                {
                    place += 1
                }
                return place
            }
        }
    }

    private static let plainASCII = (0..<0x80).map { isPlain(Unicode.Scalar($0)) }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "(": false
        default: !endsSentence(scalar) && !MarkupReader.mayBeMarkup(scalar)
        }
    }

    /// Forgets what lies before an end.
    mutating func drop(_ count: Int) {
        position -= count
        start -= count
        opened -= count
        hidden.drop(count)
    }

    /// Goes on behind text that belongs to no sentence.
    mutating func skip(to index: Int) { (position, start) = (index, index) }

    private mutating func finish(_ end: Int) -> Int {
        (position, start, depth) = (end, end, 0)
        return end
    }

    private mutating func count(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "(", "[":
            if depth == 0 { opened = position }
            depth += 1
        case ")", "]": depth = max(0, depth - 1)
        default: if depth > 0, position - opened > Self.longestBracket { depth = 0 }
        }
    }

    private static func endsSentence(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "!", "?", "…", "。", "！", "？": true
        default: false
        }
    }

    /// Where the text goes on behind a mark, and whether that begins a sentence; nil if it can't be seen yet.
    private func beginning(behind mark: Int, in text: [Unicode.Scalar], isLast: Bool) -> (
        index: Int, isBeginning: Bool
    )? {
        var index = mark + 1
        let limit = mark + Self.farthest
        func isClosing(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "\"", "”", "’", "»", ")", "]", "*", "_", "`": true
            default: Self.endsSentence(scalar)
            }
        }
        while index < text.count, index < limit, isClosing(text[index]) { index += 1 }
        var behind = index
        while behind < text.count, behind < limit, text[behind].isBlank, text[behind] != "\n" { behind += 1 }
        // « Oui ! »
        if behind < text.count, text[behind] == "»" || text[behind] == "”" {
            index = behind + 1
            behind = index
            while behind < text.count, behind < limit, text[behind].isBlank, text[behind] != "\n" { behind += 1 }
        }
        guard behind < text.count || isLast else { return behind < limit ? nil : (behind, true) }
        guard behind < text.count else { return (behind, true) }
        if behind == index, text[behind] != "\n" { return (max(index, mark + 1), false) }
        let next = text[behind]
        if next == "\n" { return (behind + 1, true) }
        // "3! = 6"
        if next.isLowercase || ",;:=".unicodeScalars.contains(next) { return (behind, false) }
        // "sauf dim. & jours fériés"
        if next == "&" {
            guard behind + 1 < text.count || isLast else { return nil }
            if behind + 1 < text.count, text[behind + 1].isBlank { return (behind, false) }
        }
        guard text[mark] == ".", index == mark + 1 else { return (behind, true) }
        return isAbbreviation(before: mark, in: text, next: behind, isLast: isLast).map { (behind, !$0) }
    }

    /// Whether a full stop belongs to the word before it: "M.", "J. Dupont", and the number of a list's line; nil if that can't be seen
    /// yet.
    private func isAbbreviation(before mark: Int, in text: [Unicode.Scalar], next: Int, isLast: Bool) -> Bool? {
        var first = mark
        while first > start, mark - first < 8, text[first - 1].isLetter { first -= 1 }
        if first == mark {
            while first > start, mark - first < 4, text[first - 1].isDigit { first -= 1 }
            return first < mark && text[start..<first].allSatisfy { $0.isBlank }
        }
        let word = Spelling(text[first..<mark])
        if Self.isNumeral(text[next]), vocabulary?.abbreviations.beforeNumber[word.small] != nil {
            switch endOfNumeral(at: next, in: text, isLast: isLast) {
            case nil: return nil
            case let end?: if end > next { return true }
            }
        }
        if let short = isShort(from: first, to: mark, word, in: text, next: next, isLast: isLast) {
            return short.isKnown
        }
        let mayHaveStop =
            vocabulary?.abbreviations.mayHaveStop(
                word, beforeFigure: text[next].isDigit || text[next] == "+" || text[next] == "-" || text[next] == "−")
            == true
        if first == mark - 1 { return text[first].isUpper || mayHaveStop }
        if !mayHaveStop, mark - first == 4, text[next].isDigit, isSeptember(word) {
            if vocabulary?.isFrench == false || isLedToMonth(first, in: text) { return true }
            // "sept. 2025"
            var end = next
            while end < text.count, end < next + 5, text[end].isDigit { end += 1 }
            guard end < text.count || isLast || end == next + 5 else { return nil }
            return end == next + 4 && (text[next] == "2" && text[next + 1] == "0" || text[next] == "1")
        }
        if !mayHaveStop, let vocabulary, !vocabulary.isFrench, text[first].isUpper,
            vocabulary.abbreviations.days[word.small] != nil
        {
            return isMonth(at: next, in: text, vocabulary, isLast: isLast)
        }
        return mayHaveStop
    }

    /// What the words beside it say of a short form, and whether they can be seen already; nil where they say nothing.
    private func isShort(
        from first: Int, to mark: Int, _ word: Spelling, in text: [Unicode.Scalar], next: Int, isLast: Bool
    ) -> (isKnown: Bool?, Void)? {
        guard let vocabulary, (2...5).contains(mark - first) else { return nil }
        guard vocabulary.isFrench else {
            // "I sat. 3 hours later"
            return text[next].isDigit && text[first].isLowercase && vocabulary.abbreviations.days[word.small] != nil
                ? (false, ()) : nil
        }
        let stops = StopsOfWords(text: text, start: start, isLast: isLast)
        if text[next].isDigit {
            switch stops.isWord(from: first, word, beforeFigures: next) {
            case nil: return (nil, ())
            case true?: return (false, ())
            case false?: return nil
            }
        }
        // "Art. L. 121-1"
        if text[next].isUpper, Self.law[word.small] != nil {
            guard next + 1 < text.count || isLast else { return (nil, ()) }
            if next + 1 < text.count, text[next + 1] == "." || text[next + 1].isDigit { return (true, ()) }
        }
        let isOfCalendar = vocabulary.abbreviations.months[word.small] != nil && !isSeptember(word)
        // "6 déc. (8 ans)", "139 619 hab. (2021)"
        if text[next] == "(" {
            return isOfCalendar || vocabulary.abbreviations.withStop[word] != nil ? (true, ()) : nil
        }
        guard isOfCalendar || vocabulary.abbreviations.days[word.small] != nil && !isSea(word) else { return nil }
        switch stops.isShouted(from: first, to: mark, before: next) {
        case nil: return (nil, ())
        case true?: return (true, ())
        case false?: return nil
        }
    }

    /// "MER." and "JEU." are words as well.
    private func isSea(_ word: Spelling) -> Bool { Self.words[word.small] != nil }
    private static let words: WordSet = ["mer", "jeu"]
    private static let law: WordSet = ["art"]

    private static func isNumeral(_ letter: Unicode.Scalar) -> Bool { letter == "I" || letter == "V" || letter == "X" }

    /// "vol. III": where a Roman numeral ends; its beginning if it is not one; nil if that can't be seen yet.
    private func endOfNumeral(at index: Int, in text: [Unicode.Scalar], isLast: Bool) -> Int? {
        var end = index
        while end < text.count, end < index + 8, Self.isNumeral(text[end]) { end += 1 }
        guard end < text.count || isLast else { return nil }
        return end < text.count && (text[end].isLetter || text[end] == "'" || text[end] == "’") ? index : end
    }

    /// In French a number has the same letters.
    private func isSeptember(_ word: Spelling) -> Bool {
        vocabulary?.abbreviations.months[word.small].map { $0 == vocabulary?.abbreviations.months["sept"] } ?? false
    }

    /// "2 sept. 2025", "en sept. 2025".
    private func isLedToMonth(_ first: Int, in text: [Unicode.Scalar]) -> Bool {
        guard first > start + 1, text[first - 1].isBlank else { return false }
        var before = first - 1
        while before > start, first - before < 10, text[before - 1].isLetter || text[before - 1].isDigit { before -= 1 }
        return text[before].isDigit || ShortForms.beforeMonths[Spelling(text[before..<first - 1]).small] != nil
    }

    /// "Sat. Dec. 5": "Sat" and "Sun" are words as well, but before a month and a day they are short for days.
    private func isMonth(at index: Int, in text: [Unicode.Scalar], _ vocabulary: Vocabulary, isLast: Bool) -> Bool? {
        let limit = index + 16
        var end = index
        while end < text.count, end < limit, text[end].isLetter { end += 1 }
        var day = end
        while day < text.count, day < limit, text[day] == "." || text[day].isBlank && text[day] != "\n" { day += 1 }
        guard day < text.count || isLast || day == limit else { return nil }
        let month = String(text[index..<end])
        return day < text.count && text[day].isDigit
            && (vocabulary.abbreviations.months[month.lowercased()] != nil || Dates.isEnglishMonth(month))
    }
}

/// The sentences of a text: it knows abbreviations, decimals, ellipses, quotations and hours. A line ends a sentence too.
public struct SentenceSplitter: Sendable {
    /// - Returns: their ranges in Unicode scalars, which together are all of the text; a sentence has the space behind it.
    public static func sentences(of text: String, locale: SpokenLocale?) -> [Range<Int>] {
        let scalars = Array(text.unicodeScalars)
        var scanner = SentenceScanner(locale: locale)
        var (ranges, start) = ([Range<Int>](), 0)
        while start < scalars.count {
            let end = scanner.next(in: scalars, isLast: true)
            // A thought that is no part of any sentence is one by itself.
            let stop = end ?? Thought.closing.end(in: scalars, from: start) ?? scalars.count
            if end == nil { scanner.skip(to: stop) }
            ranges.append(start..<stop)
            start = stop
        }
        return ranges
    }
}
