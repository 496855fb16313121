/// What rules say goes into the phrase of the sentence.
extension RuleContext {
    func say(_ words: String) { phrase += words }

    /// With a space on both sides.
    func say(apart words: String) {
        phrase.append(" ")
        phrase += words
        phrase.append(" ")
    }

    /// With a space in front.
    func say(behindSpace words: String) {
        phrase.append(" ")
        phrase += words
    }

    func say(_ value: UInt64, _ gender: Gender = .masculine) {
        guard value >= 100 else {
            return phrase.append(Int(value) + (gender == .masculine ? 0 : 100), of: smallNumbers)
        }
        language.cardinal(value, gender, to: &phrase)
    }

    func say(_ number: WrittenNumber, _ gender: Gender = .masculine) {
        if number.isInteger { say(number.value, gender) } else { language.spoken(number, gender, to: &phrase) }
    }

    func say(_ number: WrittenNumber, of currency: Currency, scale: Scale? = nil) {
        language.money(number, currency, scale: scale, to: &phrase)
    }

    func say(ordinal value: UInt64, _ gender: Gender = .masculine) {
        language.ordinal(value, gender, to: &phrase)
    }

    func say(_ part: Part) { language.fraction(part.numerator, over: part.denominator, to: &phrase) }

    func say(hour: UInt64, minute: UInt64 = 0, second: UInt64? = nil, half: String? = nil) {
        language.time(hour, minute: minute, second: second, half: half, to: &phrase)
    }

    func say(day: UInt64?, month: UInt64, year: UInt64? = nil) {
        language.date(day: day, month: month, year: year, to: &phrase)
    }

    func say(year: UInt64) { language.year(year, to: &phrase) }

    func say(code figures: Figures) { language.code(figures, to: &phrase) }
    func say(digits figures: Figures) { language.digits(figures, to: &phrase) }

    /// Figures of any number.
    func say(codeAt index: Int) {
        if let figures = text.figures(index) { say(code: figures) } else { say(digitsAt: index) }
    }

    /// Figures of any number, one by one.
    func say(digitsAt index: Int) {
        for place in text.tokens[index].bytes {
            if place > text.tokens[index].bytes.lowerBound { say(" ") }
            say(UInt64(text.utf8[place] - UInt8(ascii: "0")))
        }
    }

    /// Figures two by two, with a pause where two pairs would be heard as one number.
    func say(pairsOf index: Int) {
        var last: Range<Int>?
        for pair in text.pairs(index) { say(behind: &last) { say(code: pair) } }
    }

    /// Letters one by one.
    func say(letters index: Int) {
        say(each: text.scalars(text.tokens[index]), between: " ") { phrase.append($0) }
    }

    /// A token as it is written.
    func say(asWritten index: Int) { phrase.append(text.utf8[text.tokens[index].bytes]) }

    /// "par heure".
    func say(per name: String) {
        say(apart: vocabulary.words.per)
        say(name)
    }

    /// Each of some things, with words between them.
    func say<Element>(each elements: some Sequence<Element>, between joint: String, _ say: (Element) -> Void) {
        var isFirst = true
        for element in elements {
            if !isFirst { self.say(joint) }
            say(element)
            isFirst = false
        }
    }
}
