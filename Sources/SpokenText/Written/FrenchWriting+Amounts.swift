/// Amounts of money, shares, temperatures and other measurements.
extension FrenchWriting {
    /// The unit of a number, unless it is an hour.
    func measure(of numeral: Numeral) -> SpokenUnit? { unit(behind: numeral.end) }

    func unit(behind end: Int) -> SpokenUnit? {
        let text = transcript.text
        let start = text.behindSpace(end)
        if text.isMark(start, "%") { return SpokenUnit(symbol: "%", end: start + 1) }
        if text.isMark(start, "€$£¥"), start == end || !text.isDigits(start + 1) {
            return SpokenUnit(symbol: text.string(start), end: start + 1, isMoney: true)
        }
        if text.isMark(start, "°"), let scale = text.word(start + 1), ["C", "c", "F"].contains(scale) {
            return SpokenUnit(symbol: "°" + scale.uppercased(), end: start + 2)
        }
        if text.isDigits(end - 1) || start > end && transcript.numberWord(end - 1)?.isOrdinal == false,
            let written = writtenUnit(at: start)
        {
            return written
        }
        guard start > end, transcript.isWord(start, Self.unitWords),
            let found = percent(at: start) ?? degrees(at: start) ?? currency(at: start) ?? spokenUnit(at: start),
            !transcript.isHyphen(found.end) || !text.isWord(found.end + 1)
        else { return nil }
        return found
    }

    /// "5km", "250 g" as transcripts have them too.
    private func writtenUnit(at start: Int) -> SpokenUnit? {
        let text = transcript.text
        guard text.isWord(start, in: Self.attachable), !text.isMark(start + 1, "'’-/_"), !text.isDigits(start + 1)
        else { return nil }
        let symbol = text.string(start)
        if symbol == "km", let hour = perHour(behind: start + 1) { return SpokenUnit(symbol: "km/h", end: hour) }
        return SpokenUnit(symbol: symbol, end: start + 1)
    }

    /// Where "à l'heure" or "heure" ends behind kilometres.
    private func perHour(behind end: Int) -> Int? {
        guard let next = transcript.wordBehindSpace(end) else { return nil }
        if transcript.key(next) == Self.to, transcript.text.isMark(next + 3, "'’"),
            transcript.isWord(next + 4, Self.hourNames)
        {
            return next + 5
        }
        return transcript.isWord(next, Self.hourNames) ? next + 1 : nil
    }

    private static let attachable: WordSet = [
        "km", "cm", "mm", "kg", "mg", "cl", "ml", "dl", "min", "kW", "kWh", "Go", "Mo", "To", "Hz", "kHz", "MHz", "GHz",
    ]

    private func percent(at start: Int) -> SpokenUnit? {
        if transcript.isWord(start, Self.percents) { return SpokenUnit(symbol: "%", end: start + 1) }
        guard transcript.key(start) == Self.per, let hundred = transcript.wordBehindSpace(start + 1),
            transcript.key(hundred) == Self.hundred, numerals.words(at: hundred)?.end == hundred + 1,
            // "cinq pour cent euros".
            transcript.wordBehindSpace(hundred + 1).flatMap(currency) == nil
        else { return nil }
        return SpokenUnit(symbol: "%", end: hundred + 1)
    }

    private func degrees(at start: Int) -> SpokenUnit? {
        guard transcript.isWord(start, Self.degreeNames) else { return nil }
        if let scale = transcript.wordBehindSpace(start + 1) {
            if transcript.isWord(scale, Self.celsius) { return SpokenUnit(symbol: "°C", end: scale + 1) }
            if transcript.key(scale) == Self.fahrenheit { return SpokenUnit(symbol: "°F", end: scale + 1) }
        }
        switch degreeKind(at: start) {
        case .temperature: return SpokenUnit(symbol: "°C", end: start + 1)
        case .angle: return SpokenUnit(symbol: "°", end: start + 1)
        case .step: return nil
        }
    }

    private func currency(at start: Int) -> SpokenUnit? {
        let key = transcript.key(start)
        if let symbol = Self.currencies[key] { return SpokenUnit(symbol: symbol, end: start + 1, isMoney: true) }
        let next = transcript.wordBehindSpace(start + 1)
        if transcript.isWord(start, Self.pounds), let next, transcript.key(next) == Self.sterling {
            return SpokenUnit(symbol: "£", end: next + 1, isMoney: true)
        }
        guard transcript.isWord(start, Self.francs) else { return nil }
        if let next, transcript.isWord(next, Self.swiss) {
            return SpokenUnit(symbol: "CHF", end: next + 1, isMoney: true)
        }
        return locale == .switzerland ? SpokenUnit(symbol: "CHF", end: start + 1, isMoney: true) : nil
    }

    private func spokenUnit(at start: Int) -> SpokenUnit? {
        guard var unit = SpokenUnits.french.unit(at: start, in: transcript) else { return nil }
        guard let next = transcript.wordBehindSpace(unit.end) else { return unit }
        if ["m", "dm", "cm", "mm", "km"].contains(unit.symbol) {
            if transcript.isWord(next, Self.squares) { return SpokenUnit(symbol: unit.symbol + "²", end: next + 1) }
            if transcript.isWord(next, Self.cubes) { return SpokenUnit(symbol: unit.symbol + "³", end: next + 1) }
            if unit.symbol == "km", let hour = perHour(behind: unit.end) {
                return SpokenUnit(symbol: "km/h", end: hour)
            }
        }
        // "cinq litres aux cent".
        if transcript.key(next) == Self.toThe, unit.symbol == "L" || unit.symbol == "kWh",
            let hundred = transcript.wordBehindSpace(next + 1), transcript.key(hundred) == Self.hundred,
            isLast(hundred + 1)
        {
            return SpokenUnit(symbol: unit.symbol + "/100" + Self.space + "km", end: hundred + 1)
        }
        if let divisor = divisor(at: next) {
            (unit.symbol, unit.end) = (unit.symbol + "/" + divisor.symbol, divisor.end)
        }
        return unit
    }

    /// "par heure", "par mètre carré", "par seconde au carré", "aux cent kilomètres".
    private func divisor(at place: Int) -> SpokenUnit? {
        guard let other = transcript.wordBehindSpace(place + 1) else { return nil }
        if transcript.key(place) == Self.toThe, transcript.key(other) == Self.hundred,
            let distance = transcript.wordBehindSpace(other + 1),
            let unit = SpokenUnits.french.unit(at: distance, in: transcript), unit.symbol == "km"
        {
            return SpokenUnit(symbol: "100" + Self.space + "km", end: unit.end)
        }
        guard transcript.key(place) == Self.by else { return nil }
        if transcript.isWord(other, Self.hourNames) { return SpokenUnit(symbol: "h", end: other + 1) }
        guard let unit = SpokenUnits.french.unit(at: other, in: transcript) else { return nil }
        guard var power = transcript.wordBehindSpace(unit.end) else { return unit }
        if transcript.key(power) == Self.atThe { power += 2 }
        if transcript.isWord(power, Self.squares) { return SpokenUnit(symbol: unit.symbol + "²", end: power + 1) }
        if transcript.isWord(power, Self.cubes) { return SpokenUnit(symbol: unit.symbol + "³", end: power + 1) }
        return unit
    }

    // MARK: With the number

    /// "12,50 €", "21 °C", "5 %".
    func quantity(_ numeral: Numeral, at index: Int) -> Writing? {
        var numeral = numeral
        // "deux et demi pour cent".
        if numeral.isWhole, let half = half(behind: numeral.end), unit(behind: half)?.symbol == "%" {
            (numeral.decimals, numeral.end) = ("5", half)
        }
        guard let unit = unit(behind: numeral.end), !(numeral.isFigures && isCode(index)) else { return nil }
        let isMoney = unit.isMoney
        if numeral.isAmbiguous {
            guard isMoney, numeral.value < 1000, let thousands = UInt64(numeral.decimals) else {
                return Writing(end: unit.end, words: nil)
            }
            (numeral.value, numeral.decimals) = (numeral.value * 1000 + thousands, "")
        }
        if !numeral.isFigures, scaled(numeral) != nil { return nil }
        if let arc = arcMinutes(behind: unit, of: numeral) { return arc }
        // "cinq euros dix euros" is an estimate.
        if !numeral.isFigures, let place = transcript.wordBehindSpace(unit.end), let other = numerals.words(at: place),
            let same = self.unit(behind: other.end), same.symbol == unit.symbol
        {
            return Writing(end: same.end, words: nil)
        }
        var end = unit.end
        // "entre dix euros et vingt", "des billets de dix euros et vingt" are two amounts.
        let mayLink = !transcript.isWord(index - 2, Self.from)
        if numeral.isWhole, let rest = rest(behind: unit, mayLink: mayLink) {
            (numeral.decimals, end) = (rest.figures, rest.end)
        } else if let half = half(behind: unit.end), numeral.isWhole {
            (numeral.decimals, end) = (isMoney ? "50" : "5", half)
        } else if numeral.isOne,
            transcript.text.isMark(index - 1, "'’")
                // There may be one euro or percent, which is not an article.
                || !isMoney && unit.symbol != "%" && !isNamed(unit) && !isOneDegree(unit, at: index)
        {
            // "un litre", "d'un euro".
            return remainder(behind: end) ?? Writing(end: numeral.end, words: nil)
        }
        if let remainder = remainder(behind: end) { return remainder }
        if isMoney, numeral.decimals.utf8.count == 1 { numeral.decimals += "0" }
        return Writing(end: end, words: figures(numeral) + Self.joint(unit.symbol) + unit.symbol)
    }

    /// Angles stand directly behind their number.
    private static func joint(_ symbol: String) -> String { symbol == "°" ? "" : space }

    /// Figures with a zero in front, which are a code.
    private func isCode(_ index: Int) -> Bool { transcript.text.startsWithZero(index) }

    /// "un degré Celsius" is a measurement, "un degré" may be a step.
    func isNamed(_ unit: SpokenUnit) -> Bool {
        transcript.isWord(unit.end - 1, Self.celsius) || transcript.key(unit.end - 1) == Self.fahrenheit
    }

    /// "il fait un degré", "moins un degré".
    private func isOneDegree(_ unit: SpokenUnit, at index: Int) -> Bool {
        let before = transcript.keyBefore(index)
        return unit.symbol == "°C" && (before == Self.minus || Self.announcers.contains(before))
    }

    /// The decimals that stand behind a unit.
    private func rest(behind unit: SpokenUnit, mayLink: Bool) -> (figures: String, end: Int)? {
        if let decimals = decimals(behind: unit.end) { return decimals }
        if unit.isMoney { return cents(behind: unit, mayLink: mayLink) ?? thousandths(behind: unit.end) }
        return unit.symbol == "m" ? centimetres(behind: unit) : parts(behind: unit)
    }

    /// "vingt et un degrés virgule cinq".
    private func decimals(behind end: Int) -> (figures: String, end: Int)? {
        var rest = Numeral(value: 0, end: end)
        numerals.addDecimals(to: &rest)
        guard !rest.decimals.isEmpty, mayEnd(at: rest.end), !isMeasured(rest) else { return nil }
        return (rest.decimals, rest.end)
    }

    /// "vingt et un degrés cinq", "trois kilos quatre cent cinquante", "neuf secondes quatre-vingt-un".
    func parts(behind unit: SpokenUnit) -> (figures: String, end: Int)? {
        let (text, place) = (transcript.text, unit.end + 1)
        guard let counts = Self.counts[unit.symbol], text.isWord(unit.end - 1), text.length(unit.end - 1) > 2,
            text.isSpace(unit.end)
        else { return nil }
        let zero = counts.contains(10) ? zeroLed(at: place) : nil
        guard let count = zero ?? numerals.numeral(at: place), count.isWhole, !text.startsWithZero(place),
            zero != nil || (1...9).contains(count.value) || counts.contains(count.value),
            !count.isOne || isLast(count.end), !isMeasured(count), mayEndPart(count), row(count) == nil,
            telephone(at: place) == nil
        else { return nil }
        return ((zero == nil ? "" : "0") + String(count.value), count.end)
    }

    /// Whether nothing behind claims a part of a unit: "vingt degrés cinq ou six", "vingt degrés 5 m plus loin".
    private func mayEndPart(_ count: Numeral) -> Bool {
        guard mayEnd(at: count.end) else { return false }
        guard let next = transcript.wordBehindSpace(count.end) else { return true }
        if transcript.isWord(next, Self.language.joints) || transcript.key(next) == Self.point,
            transcript.text.isSpace(next + 1), let other = numerals.numeral(at: next + 2)
        {
            return isMeasured(other)
        }
        return !count.isFigures || transcript.isWord(next, Self.plainWords)
    }

    /// "un euro sept cent quatre-vingt-neuf le litre", as fuel has its price.
    private func thousandths(behind end: Int) -> (figures: String, end: Int)? {
        guard let place = transcript.wordBehindSpace(end), let count = numerals.words(at: place), count.isWhole,
            (100..<1000).contains(count.value), let article = transcript.wordBehindSpace(count.end),
            transcript.isWord(article, Self.articles), transcript.text.isSpace(article + 1),
            transcript.isWord(article + 2, Self.pricedUnits)
        else { return nil }
        return (String(count.value), count.end)
    }

    /// "douze euros cinquante", "douze euros et cinquante centimes", "12€50".
    private func cents(behind unit: SpokenUnit, mayLink: Bool) -> (figures: String, end: Int)? {
        let text = transcript.text
        guard unit.symbol != "¥" else { return nil }
        if text.isMark(unit.end - 1, "€$£"), !text.isSpace(unit.end - 2), text.isDigits(unit.end),
            text.length(unit.end) == 2,
            !text.isMark(unit.end + 1, "€$£")
        {
            return (text.string(unit.end), unit.end + 1)
        }
        guard text.isWord(unit.end - 1) else { return nil }
        return cents(behind: unit.end, mayLink: mayLink) { place in
            zeroLed(at: place) ?? numerals.words(at: place) ?? twoFigures(at: place)
        } isAlone: { count in
            !(count.isOne && !isLast(count.end)) && !isMeasured(count)
                && transcript.key(text.behindSpace(count.end)) != Self.per
        }
    }

    private func twoFigures(at place: Int) -> Numeral? {
        guard transcript.text.length(place) == 2 else { return nil }
        return Numeral(figuresAt: place, in: transcript, isFrench: true)
    }

    /// "un mètre quatre-vingts", "deux mètres zéro cinq".
    private func centimetres(behind unit: SpokenUnit) -> (figures: String, end: Int)? {
        guard transcript.text.isWord(unit.end - 1), transcript.text.isSpace(unit.end),
            let count = zeroLed(at: unit.end + 1) ?? numerals.words(at: unit.end + 1) ?? twoFigures(at: unit.end + 1),
            count.isWhole, !count.isOne || transcript.numberWord(unit.end + 1)?.part == .digit(0),
            (1..<100).contains(count.value), telephone(at: unit.end + 1) == nil,
            mayEnd(at: count.end), self.unit(behind: count.end) == nil, !isHour(behind: count.end)
        else { return nil }
        return ((count.value < 10 ? "0" : "") + String(count.value), count.end)
    }

    func isHour(behind end: Int) -> Bool {
        transcript.isWord(transcript.text.behindSpace(end), Self.hourNames)
    }

    private static let currencies: WordKeyTable<String> = [
        WordKey("euro"): "€", WordKey("euros"): "€", WordKey("dollar"): "$", WordKey("dollars"): "$",
        WordKey("yen"): "¥",
        WordKey("yens"): "¥",
    ]
    /// What may be told behind a unit besides its tenths: thousandths, or hundredths.
    private static let counts: [String: ClosedRange<UInt64>] = [
        "°C": 1...9, "°F": 1...9, "°": 1...9, "cm": 1...9, "kg": 100...999, "km": 100...999, "t": 100...999,
        "L": 10...99, "s": 10...99,
    ]
    private static let pricedUnits = WordKeySet(words: "litre kilowattheure")
    private static let percents = WordKeySet(words: "pourcent pourcents")
    static let per = WordKey("pour")
    private static let hundred = WordKey("cent")
    private static let toThe = WordKey("aux")
    private static let atThe = WordKey("au")
    private static let degreeNames = WordKeySet(words: "degré degrés")
    private static let celsius = WordKeySet(words: "celsius centigrade centigrades")
    private static let fahrenheit = WordKey("fahrenheit")
    private static let pounds = WordKeySet(words: "livre livres")
    private static let sterling = WordKey("sterling")
    private static let francs = WordKeySet(words: "franc francs")
    private static let swiss = WordKeySet(words: "suisse suisses")
    private static let squares = WordKeySet(words: "carré carrés")
    private static let cubes = WordKeySet(words: "cube cubes")
    /// What all names of units begin with, asked first, as most words behind numbers are not units.
    private static let unitWords = WordKeySet([per] + currencies.words + SpokenUnits.french.firstWords)
        .union(percents).union(degreeNames).union(pounds).union(francs)
}
