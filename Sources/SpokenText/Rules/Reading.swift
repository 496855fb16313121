/// What a rule makes of the tokens from a place on.
struct Reading {
    /// The token behind them.
    var end: Int
    var words: String
    /// Whether figures behind a dash continue it: "8h-12h", "5-10".
    var isQuantity = false
}

/// A rule reads what begins at a token, or says that it isn't for it.
struct Rule: Sendable {
    /// With what the token may begin; nil for anything.
    let heads: String?
    /// What may stand behind the token; behind anything else the rule has nothing to say.
    let followers: Followers
    /// In which texts it is asked.
    let languages: RuleLanguages
    let read: @Sendable (RuleContext, Int) -> Reading?

    init(
        at heads: String? = nil, before followers: Followers = .all, in languages: RuleLanguages = .all,
        _ read: @escaping @Sendable (RuleContext, Int) -> Reading?
    ) {
        self.heads = heads
        self.followers = followers
        self.languages = languages
        self.read = read
    }
}

struct RuleLanguages: OptionSet {
    let rawValue: UInt8

    static let french = RuleLanguages(rawValue: 1)
    static let english = RuleLanguages(rawValue: 2)
    static let all: RuleLanguages = [.french, .english]
}

/// What is the same for all texts of a language, kept in one place so that it is never copied.
final class Vocabulary: Sendable {
    let language: any SpokenLanguage
    let words: Words
    let abbreviations: Abbreviations
    let isFrench: Bool
    let rules: RuleTable
    /// What is written in Switzerland only: "95.-", "14.30 h".
    let isSwiss: Bool

    init(_ language: any SpokenLanguage, isSwiss: Bool = false) {
        self.language = language
        self.isSwiss = isSwiss
        words = language.words
        abbreviations = language.abbreviations
        isFrench = language.decimalMark == ","
        rules = isFrench ? .french : .english
    }
}

/// What rules look at.
struct RuleContext {
    let text: TokenizedText
    let vocabulary: Vocabulary

    var language: any SpokenLanguage { _read { yield vocabulary.language } }
    var words: Words { _read { yield vocabulary.words } }
    var abbreviations: Abbreviations { _read { yield vocabulary.abbreviations } }
    var isFrench: Bool { vocabulary.isFrench }

    func number(_ index: Int) -> WrittenNumber? {
        if text.newest.numberPlace != index {
            text.newest.number = text.number(at: index, in: language)
            text.newest.numberPlace = index
        }
        return text.newest.number
    }

    /// The unit behind a number that ends at `end`, with or without a space.
    func unit(behind end: Int) -> WrittenUnit? {
        if text.newest.unitPlace != end {
            text.newest.unit = writtenUnit(behind: end)
            text.newest.unitPlace = end
        }
        return text.newest.unit
    }

    /// Whether a minus, rather than a hyphen, stands at a place: in front of figures, behind nothing that it could join.
    func isSign(_ index: Int) -> Bool {
        guard text.isMark(index, "-−–‑"), text.isDigits(index + 1) else { return false }
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

    /// Whether a sign between figures is one of a sum: an equals sign stands in the same row of figures and signs.
    func isEquation(at index: Int) -> Bool {
        guard text.hasEqualsSign else { return false }
        func leads(_ step: Int) -> Bool {
            var place = index + step
            for _ in 0..<16 {
                if text.isMark(place, "=") { return true }
                guard text.isDigits(place) || text.isSpace(place) || text.isMark(place, "+-−*/×÷.,()") else {
                    return false
                }
                place += step
            }
            return false
        }
        return leads(1) || leads(-1)
    }

    /// Whether one of some words stands among the tokens around a place.
    func isNear(_ words: Set<String>, _ index: Int, before: Int, behind: Int) -> Bool {
        for place in max(0, index - before)..<min(text.count, index + behind + 1) {
            if let word = text.word(place), words.contains(word.lowercased()) { return true }
        }
        return false
    }

    /// A dash between two things without a space.
    func isDash(_ index: Int) -> Bool { text.isMark(index, "-–‑−") }
}

/// The rules in the order in which they are asked, by the kind of the token that they begin with and of the one behind it. The first that
/// answers is right, so that those that want more come first.
struct RuleTable: Sendable {
    private static let digits: [Rule] = [
        Sports.sets, Ordinals.adverb, Numbers.scientific, Codes.glued, Codes.article, Codes.secret, Codes.mixed,
        Codes.toCall, Quantities.millions, Quantities.inches, Quantities.shortInches,
        Durations.primes, Durations.sprint, Durations.arc, Dates.iso,
        Dates.american, Dates.afterMonth, Numbers.halves, Numbers.decades,
        Dates.numeric, Numbers.often,
        Telephones.national, Addresses.ofMachine, Telephones.american, Clock.swiss, Clock.dotted, Clock.hours,
        Clock.colons,
        Clock.allDay,
        Money.amount, Fractions.mixed, Quantities.span, Quantities.heights, Fractions.written, Ordinals.figures,
        Quantities.product,
        Quantities.padded, Quantities.measured,
        Dates.firstOfMonth, Addresses.versions, Numbers.years, Numbers.counted, Numbers.code,
    ]
    private static let word: [Rule] = [
        Accounts.iban, FilePaths.windows, Sizes.letters, Sizes.short, Alternatives.endings, Alternatives.slashed,
        Codes.plate,
        Codes.episode, Calendar.weekNumber, Calendar.english, Calendar.week,
        Calendar.day, Calendar.dated, Weather.wind, Weather.corner, Addresses.mail, Addresses.web,
        Kitchen.spoons, Numbers.perPeriod, Numbers.elided, Numerals.roman, Numerals.century, Quantities.doses,
        Quantities.packs, Money.codeFirst,
        ShortForms.temperature,
        ShortForms.beforeChrist,
        ShortForms.lettered,
        ShortForms.title, ShortForms.numbered, ShortForms.place, ShortForms.general, Compounds.versionOrName,
        Compounds.acronym,
    ]
    private static let mark: [Rule] = [
        Signs.phonemes, FilePaths.unix, Telephones.inBrackets, Telephones.international, Money.signFirst,
        Signs.moreThan, Signs.sign,
        Signs.paragraph, Signs.keys,
        Signs.hashtag, Signs.mention,
        Fractions.vulgar, Signs.power, Signs.bareFraction, Quantities.doses, Quantities.packs, Signs.joint, Signs.hours,
        Signs.days,
        Signs.limit,
        Signs.beside,
        Signs.operation, Signs.membership, Signs.symbol,
    ]

    static let french = RuleTable(.french)
    static let english = RuleTable(.english)

    private static let heads = 256
    private static let followers = 10

    /// By the kind of the token, the low byte of its first scalar and the bit of its follower. Other scalars with the same byte find the
    /// same rules, which look for themselves.
    private let byToken: [[Rule]]

    private init(_ language: RuleLanguages) {
        var table: [[Rule]] = []
        for all in [Self.digits, Self.word, [], Self.mark] {
            let rules = all.filter { $0.languages.contains(language) }
            for head in 0..<Self.heads {
                let fitting = rules.filter { rule in
                    rule.heads?.unicodeScalars.contains { Int($0.value) & (Self.heads - 1) == head } ?? true
                }
                for bit in 0..<Self.followers {
                    table.append(fitting.filter { $0.followers.rawValue & 1 << UInt16(bit) != 0 })
                }
            }
        }
        byToken = table
    }

    func rules(for token: Token, before follower: Followers) -> [Rule] {
        let head = Int(token.head.value) & (Self.heads - 1)
        return byToken[
            (Int(token.kind.rawValue) * Self.heads + head) * Self.followers + follower.rawValue.trailingZeroBitCount]
    }
}
