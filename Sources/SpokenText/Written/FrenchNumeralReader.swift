/// Reads French numbers in words: "quatre-vingt-dix-sept", "mille neuf cent quatre-vingts", "septante et un", "trois virgule cinq". It takes
/// spaces for hyphens, which transcripts often lack, and the spelling of 1990, which has hyphens everywhere.
struct FrenchNumeralReader: NumeralReader {
    let transcript: Transcript

    /// The number in words or figures that begins at a token.
    func numeral(at index: Int) -> Numeral? {
        guard var numeral = Numeral(figuresAt: index, in: transcript, isFrench: true) ?? words(at: index) else {
            return nil
        }
        addDecimals(to: &numeral)
        return numeral
    }

    /// Whether a number in words begins at a token, other than an article.
    func begins(at index: Int) -> Bool {
        switch transcript.numberWord(index) {
        case nil: false
        case .some(let word): word.part != .digit(1) && !word.isOrdinal && !isPlural(index)
        }
    }

    // MARK: Cardinals and ordinals

    func words(at index: Int) -> Numeral? {
        guard let first = transcript.numberWord(index), transcript.key(index) != Self.first,
            var numeral = parts(at: index)
        else { return nil }
        numeral.isOne = numeral.value == 1 && first.part == .digit(1)
        return numeral
    }

    func part(at index: Int, isFirst: Bool) -> NumeralPart? { belowMillion(at: index) }

    func scale(of part: NumberWord.Part) -> UInt64? {
        if case .scale(let value) = part { value } else { nil }
    }

    func nextPart(behind end: Int) -> Int? {
        transcript.joined(end).flatMap { transcript.numberWord($0) == nil ? nil : $0 }
    }

    private func belowMillion(at index: Int) -> NumeralPart? {
        if transcript.key(index) == Self.oldThousand { return year(at: index) }
        if transcript.numberWord(index)?.part == .thousand {
            return rest(behind: NumeralPart(value: 1000, end: index + 1, isOrdinal: isOrdinal(index)), belowThousand)
        }
        guard let count = belowThousand(at: index) else { return nil }
        guard !count.isOrdinal, count.value > 1, let place = transcript.joined(count.end),
            transcript.numberWord(place)?.part == .thousand, transcript.key(place) != Self.oldThousand
        else { return count }
        return rest(
            behind: NumeralPart(value: count.value * 1000, end: place + 1, isOrdinal: isOrdinal(place)), belowThousand)
    }

    /// "mil neuf cent trente-six"; "mil" alone may be millet.
    private func year(at index: Int) -> NumeralPart {
        let thousand = NumeralPart(value: 1000, end: index + 1)
        let year = rest(behind: thousand, belowThousand)
        return year.value >= 1100 && !year.isOrdinal ? year : thousand
    }

    func belowThousand(at index: Int) -> NumeralPart? {
        if transcript.numberWord(index)?.part == .hundred, !isPlural(index) {
            return rest(behind: NumeralPart(value: 100, end: index + 1, isOrdinal: isOrdinal(index)), belowHundred)
        }
        guard let count = belowHundred(at: index) else { return nil }
        guard !count.isOrdinal, let place = transcript.joined(count.end),
            transcript.numberWord(place)?.part == .hundred
        else { return count }
        let hundreds = NumeralPart(value: count.value * 100, end: place + 1, isOrdinal: isOrdinal(place))
        switch count.value {
        case 2...9: return rest(behind: hundreds, belowHundred)
        // "dix-neuf cent quatre-vingt-quatre", but "quinze cents" are money.
        case 11...19 where isPlural(place): return isCounting(place) ? hundreds : count
        case 11...19:
            let year = rest(behind: hundreds, belowHundred)
            return year.end > hundreds.end || isCounting(place) ? year : count
        default: return count
        }
    }

    /// A number below one hundred; also by itself, as within a telephone number.
    func belowHundred(at index: Int) -> NumeralPart? {
        guard let word = transcript.numberWord(index) else { return nil }
        let single = NumeralPart(value: 0, end: index + 1, isOrdinal: word.isOrdinal)
        switch word.part {
        case .digit(4) where !word.isOrdinal:
            guard let place = transcript.joined(index + 1), transcript.numberWord(place)?.part == .ten(20) else {
                return single.with(4)
            }
            let eighty = NumeralPart(value: 80, end: place + 1, isOrdinal: isOrdinal(place))
            return tail(behind: eighty, digits: 1...9, teens: 10...19)
        case .digit(let value): return single.with(value)
        case .teen(10): return tail(behind: single.with(10), digits: 7...9, teens: 0...0)
        case .teen(let value): return single.with(value)
        case .ten(let value):
            return tail(behind: single.with(value), digits: 1...9, teens: value == 60 ? 10...19 : 0...0)
        default: return nil
        }
    }

    /// What stands behind a ten: "-deux", " et un", "-dix-sept".
    private func tail(behind ten: NumeralPart, digits: ClosedRange<UInt64>, teens: ClosedRange<UInt64>) -> NumeralPart {
        guard !ten.isOrdinal, var place = transcript.joined(ten.end) else { return ten }
        let isLinked = transcript.key(place) == Self.and && ten.value != 10
        if isLinked {
            guard let behind = transcript.joined(place + 1) else { return ten }
            place = behind
        }
        // "vingt un" may be two numbers; "quatre-vingt-un" is one.
        let needsLink = ten.value != 80 && ten.value != 10
        switch transcript.numberWord(place)?.part {
        case .digit(1):
            guard digits.contains(1), isLinked || !needsLink && !transcript.text.isSpace(place - 1) else { return ten }
            return NumeralPart(value: ten.value + 1, end: place + 1, isOrdinal: isOrdinal(place))
        case .digit(let value) where digits.contains(value) && !isLinked:
            // "vingt quatre-vingts".
            if value == 4, transcript.text.isSpace(place - 1), transcript.isHyphen(place + 1),
                transcript.numberWord(place + 2)?.part == .ten(20)
            {
                return ten
            }
            return NumeralPart(value: ten.value + value, end: place + 1, isOrdinal: isOrdinal(place))
        case .teen(let value) where teens.contains(value) && (!isLinked || value == 11):
            guard let rest = belowHundred(at: place) else { return ten }
            return NumeralPart(value: ten.value + rest.value, end: rest.end, isOrdinal: rest.isOrdinal)
        default: return ten
        }
    }

    /// The part with the smaller one behind it.
    private func rest(behind part: NumeralPart, _ reader: (Int) -> NumeralPart?) -> NumeralPart {
        guard !part.isOrdinal, let place = transcript.joined(part.end), !transcript.isWord(place, Self.firsts),
            let rest = reader(place), rest.value > 0,
            // "deux mille onze cents" are two numbers.
            part.value < 1000 || rest.value < 1000
        else { return part }
        return NumeralPart(value: part.value + rest.value, end: rest.end, isOrdinal: rest.isOrdinal)
    }

    /// "onze cents euros", "onze cents ou deux mille euros", where the hundreds are not cents.
    private func isCounting(_ hundred: Int) -> Bool {
        guard var place = transcript.wordBehindSpace(hundred + 1) else { return false }
        if transcript.isWord(place, Self.joints), var next = transcript.wordBehindSpace(place + 1),
            var scale = transcript.numberWord(next)?.part
        {
            for _ in 0..<3 {
                guard let more = transcript.joined(next + 1), let word = transcript.numberWord(more) else { break }
                (next, scale) = (more, word.part)
            }
            guard scale == .hundred || scale == .thousand, let noun = transcript.wordBehindSpace(next + 1) else {
                return false
            }
            place = noun
        }
        return transcript.isWord(place, Self.countedByHundreds)
    }

    private func isOrdinal(_ index: Int) -> Bool { transcript.numberWord(index)?.isOrdinal == true }

    /// "cents", "vingts", which end a number and never begin one.
    private func isPlural(_ index: Int) -> Bool {
        let key = transcript.key(index)
        return key == Self.hundreds || key == Self.twenties
    }

    // MARK: Decimals

    /// "virgule cinq", "virgule zéro cinq", "virgule un quatre un".
    func addDecimals(to numeral: inout Numeral) {
        guard numeral.isWhole, let mark = transcript.wordBehindSpace(numeral.end), transcript.key(mark) == Self.comma,
            let place = transcript.wordBehindSpace(mark + 1) ?? figures(mark + 1)
        else { return }
        if transcript.text.isDigits(place) {
            let next = transcript.text.behindSpace(place + 1)
            guard transcript.text.length(place) <= 6, !transcript.text.isWord(place + 1),
                transcript.key(next) != Self.hour,
                !transcript.text.isDigits(next)
            else { return }
            (numeral.decimals, numeral.end) = (transcript.text.string(place), place + 1)
            numeral.isOne = false
            return
        }
        var (decimals, end) = transcript.digits(at: place, atMost: 12, where: isSingle) ?? ("", numeral.end)
        let behind = decimals.isEmpty ? place : transcript.wordBehindSpace(end)
        if decimals.allSatisfy({ $0 == "0" }), let behind, let rest = belowThousand(at: behind), !rest.isOrdinal {
            decimals += String(rest.value)
            end = rest.end
        }
        guard !decimals.isEmpty else { return }
        (numeral.decimals, numeral.end, numeral.isOne) = (decimals, end, false)
    }

    /// Whether a digit stands for itself, and is not the beginning of "deux cents" or "quatre-vingts".
    private func isSingle(_ place: Int) -> Bool { belowThousand(at: place)?.end == place + 1 }

    private func figures(_ end: Int) -> Int? {
        transcript.text.isSpace(end) && transcript.text.isDigits(end + 1) ? end + 1 : nil
    }

    // MARK: Words

    static let and = WordKey("et")
    /// "vingt et unième" has another word than "premier".
    static let firsts = WordKeySet(words: "premier première")
    private static let first = WordKey("unième")
    private static let hour = WordKey("h")
    static let comma = WordKey("virgule")
    private static let joints = WordKeySet(words: "et ou à")
    private static let countedByHundreds = WordKeySet(
        words: """
            euros dollars francs mètres kilomètres grammes kilos litres watts calories tonnes hectares personnes habitants élèves \
            places pages mots exemplaires visiteurs salariés ouvriers hommes femmes enfants morts ans
            """)
    /// As it is written in years.
    private static let oldThousand = WordKey("mil")
    private static let hundreds = WordKey("cents")
    private static let twenties = WordKey("vingts")

    static let numberWords = WordKeyTable(
        cardinals: [
            ("zéro", .digit(0)), ("un une", .digit(1)), ("deux", .digit(2)), ("trois", .digit(3)),
            ("quatre", .digit(4)), ("cinq", .digit(5)), ("six", .digit(6)), ("sept", .digit(7)), ("huit", .digit(8)),
            ("neuf", .digit(9)), ("dix", .teen(10)), ("onze", .teen(11)), ("douze", .teen(12)),
            ("treize", .teen(13)), ("quatorze", .teen(14)), ("quinze", .teen(15)), ("seize", .teen(16)),
            ("vingt vingts", .ten(20)), ("trente", .ten(30)), ("quarante", .ten(40)), ("cinquante", .ten(50)),
            ("soixante", .ten(60)), ("septante", .ten(70)), ("huitante octante", .ten(80)), ("nonante", .ten(90)),
            ("cent cents", .hundred), ("mille mil", .thousand), ("million millions", .scale(1_000_000)),
            ("milliard milliards", .scale(1_000_000_000)), ("billion billions", .scale(1_000_000_000_000)),
        ],
        ordinals: [
            ("premier première unième", .digit(1)), ("deuxième", .digit(2)), ("troisième", .digit(3)),
            ("quatrième", .digit(4)), ("cinquième", .digit(5)), ("sixième", .digit(6)), ("septième", .digit(7)),
            ("huitième", .digit(8)), ("neuvième", .digit(9)), ("dixième", .teen(10)), ("onzième", .teen(11)),
            ("douzième", .teen(12)), ("treizième", .teen(13)), ("quatorzième", .teen(14)), ("quinzième", .teen(15)),
            ("seizième", .teen(16)), ("vingtième", .ten(20)), ("trentième", .ten(30)), ("quarantième", .ten(40)),
            ("cinquantième", .ten(50)), ("soixantième", .ten(60)), ("septantième", .ten(70)),
            ("huitantième octantième", .ten(80)), ("nonantième", .ten(90)), ("centième", .hundred),
            ("millième", .thousand), ("millionième", .scale(1_000_000)), ("milliardième", .scale(1_000_000_000)),
        ])
}

extension NumeralPart {
    fileprivate func with(_ value: UInt64) -> Self {
        var part = self
        part.value = value
        return part
    }
}
