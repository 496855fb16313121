/// Reads English numbers in words: "one hundred and twenty-one", "twenty-first", "three point one four", and years: "twenty twenty-six".
struct EnglishNumeralReader: NumeralReader {
    let transcript: Transcript

    /// The number in words or figures that begins at a token.
    func numeral(at index: Int) -> Numeral? {
        guard var numeral = Numeral(figuresAt: index, in: transcript, isFrench: false) ?? words(at: index) else {
            return nil
        }
        addDecimals(to: &numeral)
        return numeral
    }

    /// Whether a number in words begins at a token.
    func begins(at index: Int) -> Bool {
        guard let word = transcript.numberWord(index), !word.isOrdinal, transcript.key(index) != Self.oh else {
            return false
        }
        switch word.part {
        case .digit, .teen, .ten: return true
        case .hundred, .thousand, .scale: return false
        }
    }

    func words(at index: Int) -> Numeral? {
        let isArticle = transcript.key(index) == Self.article
        // "a" is a number only in "a hundred" and "a thousand".
        guard var numeral = parts(at: index), !isArticle || numeral.end > index + 1 else { return nil }
        numeral.isOne = numeral.value == 1 && !numeral.isOrdinal || isArticle && numeral.end == index + 3
        return numeral
    }

    func part(at index: Int, isFirst: Bool) -> NumeralPart? { belowThousand(at: index, mayBeArticle: isFirst) }

    func scale(of part: NumberWord.Part) -> UInt64? {
        switch part {
        case .thousand: 1000
        case .scale(let value): value
        default: nil
        }
    }

    /// The number word behind a joint, or behind "and".
    func nextPart(behind end: Int) -> Int? {
        guard var place = transcript.joined(end) else { return nil }
        if transcript.key(place) == Self.and {
            guard let behind = transcript.wordBehindSpace(place + 1) else { return nil }
            place = behind
        }
        guard let word = transcript.numberWord(place), transcript.key(place) != Self.oh,
            transcript.key(place) != Self.second || place > end + 1
        else { return nil }
        switch word.part {
        case .digit, .teen, .ten: return place
        case .hundred, .thousand, .scale: return nil
        }
    }

    private func belowThousand(at index: Int, mayBeArticle: Bool) -> NumeralPart? {
        let isArticle = mayBeArticle && transcript.key(index) == Self.article
        guard let count = isArticle ? NumeralPart(value: 1, end: index + 1) : belowHundred(at: index) else {
            return nil
        }
        guard !count.isOrdinal, (1...19).contains(count.value), count.value != 10,
            let place = transcript.joined(count.end),
            let word = transcript.numberWord(place), word.part == .hundred
        else { return count }
        let hundreds = NumeralPart(value: count.value * 100, end: place + 1, isOrdinal: word.isOrdinal)
        guard !word.isOrdinal, let more = nextPart(behind: place + 1), let rest = belowHundred(at: more), rest.value > 0
        else {
            return hundreds
        }
        return NumeralPart(value: hundreds.value + rest.value, end: rest.end, isOrdinal: rest.isOrdinal)
    }

    func belowHundred(at index: Int) -> NumeralPart? {
        guard let word = transcript.numberWord(index) else { return nil }
        switch word.part {
        case .digit(let value), .teen(let value):
            return NumeralPart(value: value, end: index + 1, isOrdinal: word.isOrdinal)
        case .ten(let ten):
            let tens = NumeralPart(value: ten, end: index + 1, isOrdinal: word.isOrdinal)
            guard !word.isOrdinal, let place = transcript.joined(index + 1), let unit = transcript.numberWord(place),
                case .digit(let digit) = unit.part, digit > 0, transcript.key(place) != Self.oh,
                // "twenty second timers" have seconds.
                transcript.key(place) != Self.second || transcript.isHyphen(index + 1)
            else { return tens }
            return NumeralPart(value: ten + digit, end: place + 1, isOrdinal: unit.isOrdinal)
        default: return nil
        }
    }

    /// "nineteen eighty-four", "twenty twenty-six", "nineteen oh five": two halves of a year.
    func year(at index: Int) -> Numeral? {
        guard let century = belowHundred(at: index), !century.isOrdinal, (16...20).contains(century.value),
            let place = transcript.wordBehindSpace(century.end)
        else { return nil }
        if transcript.key(place) == Self.oh, let digit = transcript.wordBehindSpace(place + 1),
            case .digit(let value) = transcript.numberWord(digit)?.part, value > 0
        {
            return Numeral(value: century.value * 100 + value, end: digit + 1)
        }
        guard let rest = belowHundred(at: place), !rest.isOrdinal, rest.value >= 10 else { return nil }
        return Numeral(value: century.value * 100 + rest.value, end: rest.end)
    }

    /// "nineteen nineties".
    func decade(at index: Int) -> Numeral? {
        guard let century = belowHundred(at: index), !century.isOrdinal, (16...20).contains(century.value),
            let place = transcript.wordBehindSpace(century.end), let decade = Self.decades[transcript.key(place)]
        else { return nil }
        return Numeral(value: century.value * 100 + decade, end: place + 1)
    }

    private static let decades: WordKeyTable<UInt64> = [
        WordKey("tens"): 10, WordKey("twenties"): 20, WordKey("thirties"): 30, WordKey("forties"): 40,
        WordKey("fifties"): 50, WordKey("sixties"): 60, WordKey("seventies"): 70, WordKey("eighties"): 80,
        WordKey("nineties"): 90,
    ]

    /// "point five", "point oh five".
    private func addDecimals(to numeral: inout Numeral) {
        guard numeral.isWhole, let mark = transcript.wordBehindSpace(numeral.end), transcript.key(mark) == Self.point,
            let place = transcript.wordBehindSpace(mark + 1)
        else { return }
        var (decimals, end) = transcript.digits(at: place, atMost: 12) ?? ("", numeral.end)
        if decimals.isEmpty, let pair = belowHundred(at: place), !pair.isOrdinal, pair.value >= 10 {
            (decimals, end) = (String(pair.value), pair.end)
        }
        guard !decimals.isEmpty else { return }
        (numeral.decimals, numeral.end, numeral.isOne) = (decimals, end, false)
    }

    static let and = WordKey("and")
    static let article = WordKey("a")
    static let thousand = WordKey("thousand")
    static let oh = WordKey("oh")
    static let second = WordKey("second")
    static let point = WordKey("point")

    static let numberWords = WordKeyTable(
        cardinals: [
            ("zero oh", .digit(0)), ("one", .digit(1)), ("two", .digit(2)), ("three", .digit(3)), ("four", .digit(4)),
            ("five", .digit(5)), ("six", .digit(6)), ("seven", .digit(7)), ("eight", .digit(8)), ("nine", .digit(9)),
            ("ten", .teen(10)), ("eleven", .teen(11)), ("twelve", .teen(12)), ("thirteen", .teen(13)),
            ("fourteen", .teen(14)), ("fifteen", .teen(15)), ("sixteen", .teen(16)), ("seventeen", .teen(17)),
            ("eighteen", .teen(18)), ("nineteen", .teen(19)), ("twenty", .ten(20)), ("thirty", .ten(30)),
            ("forty", .ten(40)), ("fifty", .ten(50)), ("sixty", .ten(60)), ("seventy", .ten(70)), ("eighty", .ten(80)),
            ("ninety", .ten(90)), ("hundred", .hundred), ("thousand", .thousand), ("million", .scale(1_000_000)),
            ("billion", .scale(1_000_000_000)), ("trillion", .scale(1_000_000_000_000)),
        ],
        ordinals: [
            ("first", .digit(1)), ("second", .digit(2)), ("third", .digit(3)), ("fourth", .digit(4)),
            ("fifth", .digit(5)), ("sixth", .digit(6)), ("seventh", .digit(7)), ("eighth", .digit(8)),
            ("ninth", .digit(9)), ("tenth", .teen(10)), ("eleventh", .teen(11)), ("twelfth", .teen(12)),
            ("thirteenth", .teen(13)), ("fourteenth", .teen(14)), ("fifteenth", .teen(15)), ("sixteenth", .teen(16)),
            ("seventeenth", .teen(17)), ("eighteenth", .teen(18)), ("nineteenth", .teen(19)), ("twentieth", .ten(20)),
            ("thirtieth", .ten(30)), ("fortieth", .ten(40)), ("fiftieth", .ten(50)), ("sixtieth", .ten(60)),
            ("seventieth", .ten(70)), ("eightieth", .ten(80)), ("ninetieth", .ten(90)), ("hundredth", .hundred),
            ("thousandth", .thousand), ("millionth", .scale(1_000_000)),
        ])
}
