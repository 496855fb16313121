/// What a rule makes of the tokens from a place on.
struct Reading {
    /// The token behind them.
    var end: Int
    var words: String
    /// Whether figures behind a dash continue it: "8h-12h", "5-10".
    var isQuantity = false
}

/// A rule reads what begins at a token, or says that it isn't for it.
typealias Rule = @Sendable (RuleContext, Int) -> Reading?

/// What rules look at.
struct RuleContext {
    let text: TokenizedText
    let language: any SpokenLanguage

    var words: Words { language.words }
    var isFrench: Bool { language.decimalMark == "," }

    func number(_ index: Int) -> WrittenNumber? { text.number(at: index, in: language) }

    /// Whether a minus, rather than a hyphen, stands at a place: in front of figures, behind nothing that it could join.
    func isSign(_ index: Int) -> Bool {
        guard text.isMark(index, "-−–"), text.isDigits(index + 1) else { return false }
        return text.isBorder(index - 1) || text.isMark(index - 1, "([«\"'’:=<>≤≥~≈/±,;")
    }

    /// Whether an hour begins at a place: "17:00", "17h", "17 h 30".
    func isHour(at index: Int) -> Bool {
        guard text.small(index, in: 0...24) != nil else { return false }
        if text.isMark(index + 1, ":") { return text.small(index + 2, in: 0...59, digits: 2...2) != nil }
        return text.word(text.behindSpace(index + 1))?.lowercased() == "h"
    }

    /// Whether an hour ends before a place.
    func isHour(before end: Int) -> Bool {
        let isMinute = text.small(end - 1, in: 0...59, digits: 2...2) != nil
        if isMinute, text.isMark(end - 2, ":") { return isHour(at: end - 3) }
        var mark = isMinute ? end - 2 : end - 1
        if isMinute, text.isSpace(mark) { mark -= 1 }
        guard text.word(mark)?.lowercased() == "h" else { return false }
        return isHour(at: text.isSpace(mark - 1) ? mark - 2 : mark - 1)
    }

    /// A dash between two things without a space.
    func isDash(_ index: Int) -> Bool { text.isMark(index, "-–‑−") }
}

/// The rules in the order in which they are asked, by the kind of the token that they begin with. The first that answers is right, so that
/// those that want more come first.
enum RuleTable {
    static let digits: [Rule] = [
        Dates.iso, Dates.numeric, Telephones.national, Addresses.ofMachine, Clock.hours, Clock.colons, Clock.allDay,
        Money.amount, Fractions.written, Ordinals.figures, Quantities.product, Quantities.padded, Quantities.measured,
        Dates.firstOfMonth,
        Addresses.versions, Numbers.years, Numbers.counted, Numbers.code,
    ]
    static let word: [Rule] = [
        Addresses.mail, Addresses.web, Numbers.elided, Numerals.roman, ShortForms.beforeChrist, ShortForms.lettered,
        ShortForms.title,
        ShortForms.numbered, ShortForms.place, ShortForms.general, Compounds.versionOrName, Compounds.acronym,
    ]
    static let mark: [Rule] = [
        Signs.phonemes, Telephones.international, Money.signFirst, Signs.sign, Signs.hashtag, Signs.mention,
        Fractions.vulgar, Signs.power, Signs.joint, Signs.hours, Signs.operation, Signs.symbol,
    ]
}
