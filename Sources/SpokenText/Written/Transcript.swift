/// A transcript cut into tokens, with the keys of its words, and questions about them.
final class Transcript {
    let text: TokenizedText
    /// One for each token.
    let keys: [WordKey]
    /// One for each token, since each is asked for again and again.
    private let numberWords: [NumberWord?]

    init(_ string: String, numberWords table: WordKeyTable<NumberWord>) {
        let text = TokenizedText([Unicode.Scalar](decoding: string))
        self.text = text
        keys = (0..<text.count).map { index in
            let token = text.tokens[index]
            guard token.kind == .word else { return .none }
            return token.content.flatMap(WordKey.init(ascii:)) ?? WordKey(text.scalars(token))
        }
        numberWords = keys.map { $0 == .none ? nil : table[$0] }
    }

    var count: Int { keys.count }

    func key(_ index: Int) -> WordKey { keys.indices.contains(index) ? keys[index] : .none }

    func isWord(_ index: Int, _ words: WordKeySet) -> Bool { words.contains(key(index)) }

    func numberWord(_ index: Int) -> NumberWord? {
        numberWords.indices.contains(index) ? numberWords[index] : nil
    }

    /// Whether a token is a number, or a part of one, in words or figures.
    func isNumber(_ index: Int) -> Bool { text.isDigits(index) || numberWord(index) != nil }

    /// Whether a token is a number, or a part of one, that is not an ordinal.
    func isCardinal(_ index: Int) -> Bool { text.isDigits(index) || numberWord(index)?.isOrdinal == false }

    /// Whether figures and a space stand before a token.
    func isBehindFigures(_ index: Int) -> Bool { text.isSpace(index - 1) && text.isDigits(index - 2) }

    /// The word behind one space.
    func wordBehindSpace(_ end: Int) -> Int? { text.isSpace(end) && text.isWord(end + 1) ? end + 1 : nil }

    /// The key of the word before `index`, with one space or an elision between them.
    func keyBefore(_ index: Int) -> WordKey {
        text.isSpace(index - 1) || text.isMark(index - 1, "'’") ? key(index - 2) : .none
    }

    /// Digits told one by one, as many as there are up to a count.
    func digits(at place: Int, atMost count: Int, where isSingle: (Int) -> Bool = { _ in true }) -> (
        figures: String, end: Int
    )? {
        var (figures, next, end) = ("", Int?.some(place), place)
        while figures.utf8.count < count, let word = next, let number = numberWord(word), !number.isOrdinal,
            case .digit(let digit) = number.part, isSingle(word)
        {
            figures += String(digit)
            end = word + 1
            next = wordBehindSpace(end)
        }
        return figures.isEmpty ? nil : (figures, end)
    }

    /// Whether words stand at a token, with one space between them.
    func stands(_ words: [WordKey], at index: Int) -> Bool {
        for (count, word) in words.enumerated() {
            guard key(index + 2 * count) == word, count == 0 || text.isSpace(index + 2 * count - 1) else {
                return false
            }
        }
        return true
    }

    func isHyphen(_ index: Int) -> Bool { text.isMark(index, "-‑") }

    /// The word behind a space or a hyphen, as parts of a number stand.
    func joined(_ end: Int) -> Int? {
        guard text.isWord(end + 1), text.isSpace(end) || isHyphen(end) else { return nil }
        return end + 1
    }

    /// Whether a stretch is a part of a word with a hyphen, such as "mille-feuille", that stands for no number.
    func isCompound(_ range: Range<Int>) -> Bool {
        isHyphen(range.upperBound) && (text.isWord(range.upperBound + 1) || text.isDigits(range.upperBound + 1))
            || isHyphen(range.lowerBound - 1) && text.isWord(range.lowerBound - 2)
    }

    /// Whether letters stand directly before it, as in "B12".
    func isAttached(_ index: Int) -> Bool {
        text.isWord(index - 1) || text.isMark(index - 1, "_@#/$£€¥")
            || text.isMark(index - 1, ".,:") && text.isDigits(index - 2)
    }
}

/// A number as it stands in a transcript, in words or figures.
struct Numeral {
    var value: UInt64
    /// The figures behind the decimal mark.
    var decimals = ""
    /// The token behind it.
    var end: Int
    var isOrdinal = false
    var isFigures = false
    /// "1.200", which is twelve hundred to some and a little more than one to others: only money has no three decimals.
    var isAmbiguous = false
    /// "un", "une", "one" alone, which mostly are articles.
    var isOne = false

    var isWhole: Bool { decimals.isEmpty && !isOrdinal }
}

/// A part of a number in words, such as that below one hundred.
struct NumeralPart {
    var value: UInt64
    /// The token behind it.
    var end: Int
    var isOrdinal = false
}

extension Numeral {
    init(_ part: NumeralPart) { self.init(value: part.value, end: part.end, isOrdinal: part.isOrdinal) }
}

/// What a stretch of a transcript becomes.
struct Writing {
    /// The token behind the stretch.
    var end: Int
    /// nil leaves it as it is.
    var words: String?
}

extension Numeral {
    /// Figures as they are written in French transcripts or, with commas between thousands, in English ones; nil where they are a part of
    /// something else: an hour with a colon, a version, an address.
    init?(figuresAt index: Int, in transcript: Transcript, isFrench: Bool) {
        let text = transcript.text
        guard text.isDigits(index), text.length(index) <= 15, !transcript.isAttached(index),
            let first = text.value(index)
        else { return nil }
        self.init(value: first, end: index + 1, isFigures: true)
        if text.length(index) <= 3, first > 0, !text.startsWithZero(index) {
            while text.isDigits(end + 1), text.length(end + 1) == 3, value < 1_000_000_000_000,
                isFrench ? text.isSingleSpace(end) : text.isMark(end, ","), let group = text.value(end + 1)
            {
                value = value * 1000 + group
                end += 2
            }
        }
        if text.isMark(end, isFrench ? ",." : "."), text.isDigits(end + 1) {
            guard text.length(end + 1) <= 6 else { return nil }
            isAmbiguous = isFrench && first > 0 && text.isMark(end, ".") && text.length(end + 1) == 3
            decimals = text.string(end + 1)
            end += 2
        }
        if text.isMark(end, ".,:/"), text.isDigits(end + 1) { return nil }
    }
}
