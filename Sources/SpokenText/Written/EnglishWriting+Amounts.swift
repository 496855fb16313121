/// Amounts of money, shares, temperatures and other measurements.
extension EnglishWriting {
    /// A unit as it is written.
    struct WrittenUnit {
        var symbol: String
        var end: Int
        /// Whether it is a currency, whose sign stands before the number.
        var isMoney = false
        /// What parts it from its number.
        var joint = ""
        /// Whether there may be less than nothing of it.
        var isSigned = true
        /// Whether one of it is not an article: "one percent".
        var takesOne = true
    }

    func unit(behind end: Int) -> WrittenUnit? {
        guard let start = transcript.wordBehindSpace(end),
            let found = percent(at: start) ?? degrees(at: start) ?? currency(at: start) ?? measure(at: start),
            !transcript.isHyphen(found.end)
        else { return nil }
        return found
    }

    private func percent(at start: Int) -> WrittenUnit? {
        if transcript.key(start) == Self.percent { return WrittenUnit(symbol: "%", end: start + 1) }
        guard transcript.key(start) == Self.per, let cent = transcript.wordBehindSpace(start + 1),
            transcript.key(cent) == Self.cent
        else { return nil }
        return WrittenUnit(symbol: "%", end: cent + 1)
    }

    private func degrees(at start: Int) -> WrittenUnit? {
        guard transcript.isWord(start, Self.degreeNames), !isStep(at: start) else { return nil }
        if let scale = transcript.wordBehindSpace(start + 1) {
            if transcript.isWord(scale, Self.celsius) { return WrittenUnit(symbol: "°C", end: scale + 1) }
            if transcript.key(scale) == Self.fahrenheit { return WrittenUnit(symbol: "°F", end: scale + 1) }
        }
        return WrittenUnit(symbol: "°", end: start + 1, takesOne: false)
    }

    /// Degrees of separation, on a scale, or from a university.
    private func isStep(at start: Int) -> Bool {
        if let of = transcript.wordBehindSpace(start + 1), transcript.key(of) == Self.of {
            return transcript.wordBehindSpace(of + 1).map { transcript.isWord($0, Self.angles) } != true
        }
        if let next = transcript.wordBehindSpace(start + 1), transcript.isWord(next, Self.stepsBehind) { return true }
        var index = start - 1
        while index >= 0, index > start - 16, !transcript.text.isMark(index, ".!?;") {
            if transcript.isWord(index, Self.stepsBefore) { return true }
            index -= 1
        }
        return false
    }

    private func currency(at start: Int) -> WrittenUnit? {
        if let symbol = Self.currencies[transcript.key(start)] {
            return WrittenUnit(symbol: symbol, end: start + 1, isMoney: true)
        }
        // Pounds are a weight too.
        guard transcript.isWord(start, Self.pounds) else { return nil }
        let pounds = WrittenUnit(symbol: "£", end: start + 1, isMoney: true)
        if let next = transcript.wordBehindSpace(start + 1), transcript.key(next) == Self.sterling {
            return WrittenUnit(symbol: "£", end: next + 1, isMoney: true)
        }
        return cents(behind: pounds, mayLink: false) == nil ? nil : pounds
    }

    private func measure(at start: Int) -> WrittenUnit? {
        var (place, power) = (start, "")
        if let next = transcript.wordBehindSpace(start + 1) {
            if transcript.key(start) == Self.square { (place, power) = (next, "²") }
            if transcript.key(start) == Self.cubic { (place, power) = (next, "³") }
        }
        if transcript.isWord(start, Self.miles), let speed = perHour(behind: start + 1) {
            return WrittenUnit(symbol: "mph", end: speed, joint: " ", isSigned: false, takesOne: false)
        }
        guard let unit = SpokenUnits.english.unit(at: place, in: transcript),
            power.isEmpty || unit.symbol.hasSuffix("m")
        else { return nil }
        let (speed, isKilometre) = (perHour(behind: unit.end), unit.symbol == "km")
        return WrittenUnit(
            symbol: unit.symbol + power + (isKilometre && speed != nil ? "/h" : ""),
            end: isKilometre ? speed ?? unit.end : unit.end, joint: " ", isSigned: false, takesOne: false)
    }

    private func perHour(behind end: Int) -> Int? {
        guard let per = transcript.wordBehindSpace(end), transcript.isWord(per, Self.rates),
            let hour = transcript.wordBehindSpace(per + 1), transcript.key(hour) == Self.hour
        else { return nil }
        return hour + 1
    }

    // MARK: With the number

    /// "$12.50", "21°", "5 km".
    func quantity(_ numeral: Numeral, at index: Int) -> Writing? {
        var numeral = numeral
        let start = numeral.end
        if numeral.isWhole, let half = half(behind: numeral.end), let unit = unit(behind: half), !unit.isMoney {
            (numeral.decimals, numeral.end) = ("5", half)
        }
        if let scaled = scaledMoney(numeral) { return scaled }
        guard let unit = unit(behind: numeral.end), !(numeral.isFigures && transcript.text.startsWithZero(index)) else {
            return nil
        }
        if numeral.isOne, !unit.takesOne, numeral.decimals.isEmpty, numeral.value == 1 {
            return Writing(end: start, words: nil)
        }
        if transcript.key(index) == EnglishNumeralReader.article, isSingular(at: start + 1) {
            // "a hundred meter dash", whose article is that of the dash.
            let words = unit.isMoney ? unit.symbol + figures(numeral) : figures(numeral) + unit.joint + unit.symbol
            return Writing(end: unit.end, words: transcript.text.string(index) + " " + words)
        }
        guard unit.isMoney else {
            if let remainder = remainder(behind: unit.end) { return remainder }
            return Writing(end: unit.end, words: figures(numeral) + unit.joint + unit.symbol)
        }
        if let millions = millions(numeral) { return Writing(end: unit.end, words: unit.symbol + millions) }
        var end = unit.end
        let isBetween = transcript.keyBefore(index) == Self.between
        if numeral.isWhole, let cents = cents(behind: unit, mayLink: !isBetween) {
            (numeral.decimals, end) = (cents.figures, cents.end)
        }
        if let remainder = remainder(behind: end) { return remainder }
        if numeral.decimals.utf8.count == 1 { numeral.decimals += "0" }
        return Writing(end: end, words: unit.symbol + figures(numeral))
    }

    private func twoFigures(at place: Int) -> Numeral? {
        guard transcript.text.length(place) == 2 else { return nil }
        return Numeral(figuresAt: place, in: transcript, isFrench: false)
    }

    /// Whether a unit's name is that of one of them: "meter", but not "meters", "hertz" or "percent".
    private func isSingular(at start: Int) -> Bool {
        guard transcript.text.isWord(start), !transcript.isWord(start, Self.unchangedPlurals) else { return false }
        let name = transcript.text.string(start).lowercased()
        return !name.hasSuffix("s") && !name.hasSuffix("hertz")
    }

    /// "three point five million dollars".
    private func scaledMoney(_ numeral: Numeral) -> Writing? {
        guard !numeral.decimals.isEmpty, let place = transcript.wordBehindSpace(numeral.end),
            transcript.isWord(place, Self.scales), let unit = unit(behind: place + 1), unit.isMoney
        else { return nil }
        return Writing(
            end: unit.end, words: "\(unit.symbol)\(figures(numeral)) \(transcript.text.string(place).lowercased())")
    }

    /// "twelve dollars and fifty cents", "twelve dollars fifty", "twelve dollars and fifty".
    private func cents(behind unit: WrittenUnit, mayLink: Bool) -> (figures: String, end: Int)? {
        cents(behind: unit.end, mayLink: mayLink) { place in
            numerals.belowHundred(at: place).map(Numeral.init) ?? twoFigures(at: place)
        } isAlone: { count in
            count.value >= 10
        }
    }

    private static let unchangedPlurals = WordKeySet(words: "percent per yen square cubic feet")
    private static let percent = WordKey("percent")
    private static let per = WordKey("per")
    private static let cent = WordKey("cent")
    private static let degreeNames = WordKeySet(words: "degree degrees")
    private static let angles = WordKeySet(words: "latitude longitude arc rotation inclination frost heat")
    private static let stepsBehind = WordKeySet(words: "from murder removed")
    private static let stepsBefore = WordKeySet(
        words: "magnitude hold holds held earn earned university college richter master bachelor phd honorary")
    private static let celsius = WordKeySet(words: "celsius centigrade")
    private static let fahrenheit = WordKey("fahrenheit")
    private static let currencies: WordKeyTable<String> = [
        WordKey("dollar"): "$", WordKey("dollars"): "$", WordKey("euro"): "€", WordKey("euros"): "€",
        WordKey("yen"): "¥",
    ]
    private static let pounds = WordKeySet(words: "pound pounds")
    private static let sterling = WordKey("sterling")
    static let scales = WordKeySet(words: "million billion trillion")
    private static let square = WordKey("square")
    private static let cubic = WordKey("cubic")
    private static let miles = WordKeySet(words: "mile miles")
    private static let rates = WordKeySet(words: "per an")
    private static let hour = WordKey("hour")
}
