/// What a rule makes of the tokens from a place on.
struct Reading {
    /// The token behind them.
    var end: Int
    /// What is said; nil where the rule has said it in the phrase, as rules of numbers do.
    var words: String?
    /// Whether figures behind a dash continue it: "8h-12h", "5-10".
    var isQuantity = false
}

/// A rule reads what begins at a token, or says that it isn't for it. What it says of the tokens that it wants spares most of the questions.
struct Rule: Sendable {
    typealias Reader = @Sendable (RuleContext, Int) -> Reading?

    /// With what the token may begin; nil for anything.
    let heads: String?
    /// How many scalars it may have.
    let lengths: ClosedRange<Int>
    /// What may stand behind the token; behind anything else the rule has nothing to say.
    let followers: Followers
    /// What may stand in front of the token, as it is for the one in front of itself; `none` where the sentence begins.
    let predecessors: Followers
    /// With what the token may begin that stands behind it, or behind the number of which it is the beginning, past a space; nil for anything.
    let next: String?
    /// Whether it is asked about nothing but words that may be short for others.
    let isOfShortForms: Bool
    /// In which texts it is asked.
    let languages: RuleLanguages
    let read: Reader

    init(
        at heads: String? = nil, of lengths: ClosedRange<Int> = 1...Int.max, before followers: Followers = .all,
        after predecessors: Followers = .all, leadingTo next: String? = nil, isOfShortForms: Bool = false,
        in languages: RuleLanguages = .all, _ read: @escaping Reader
    ) {
        self.heads = heads
        self.lengths = lengths
        self.followers = followers
        self.predecessors = predecessors
        self.next = next
        self.isOfShortForms = isOfShortForms
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
    let currencies: Currencies
    let isFrench: Bool
    let rules: RuleTable
    /// Words that may be short for others, in small letters: hardly any word of a text is one of them.
    let shortForms: WordSet
    /// What is written in Switzerland only: "95.-", "14.30 h".
    let isSwiss: Bool

    init(_ language: any SpokenLanguage, isSwiss: Bool = false) {
        self.language = language
        self.isSwiss = isSwiss
        words = language.words
        abbreviations = language.abbreviations
        currencies = language.currencies
        isFrench = language.decimalMark == ","
        rules = isFrench ? .french : .english
        shortForms = ShortForms.words(of: abbreviations, isFrench: isFrench)
    }
}

/// What rules look at, one sentence after the other.
final class RuleContext {
    let text = TokenizedText()
    let vocabulary: Vocabulary
    // The vocabulary's own, which are asked about nearly every token.
    let language: any SpokenLanguage
    let rules: RuleTable
    let shortForms: WordSet
    let units: UnitTable
    let unitSymbols: WordTable<UnitTable.Symbol>
    let smallNumbers: PhraseTable
    /// What rules have said of the sentence. What one has said that then finds that it isn't for a token is taken back.
    var phrase = Phrase()
    /// What belongs to units of the sentence beside their names, such as "par heure".
    var unitWords = Phrase()
    /// Whether what no rule reads is said in small letters; nil before a rule has read something of the sentence.
    var isShouted: Bool?

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        (language, rules, shortForms) = (vocabulary.language, vocabulary.rules, vocabulary.shortForms)
        (units, unitSymbols, smallNumbers) = (language.units, language.units.symbols, language.smallNumbers)
    }

    var words: Words { _read { yield vocabulary.words } }
    var abbreviations: Abbreviations { _read { yield vocabulary.abbreviations } }
    var isFrench: Bool { vocabulary.isFrench }

    func number(_ index: Int) -> WrittenNumber? {
        if text.newest.numberPlace != index { findNumber(index) }
        return text.newest.number
    }

    /// The token behind a number, or behind the figures of another one.
    fileprivate func endOfNumber(_ index: Int) -> Int {
        if text.newest.numberPlace != index { findNumber(index) }
        return text.newest.number?.end ?? index + 1
    }

    private func findNumber(_ index: Int) {
        text.newest.number = text.number(at: index, isFrench: isFrench)
        if let number = text.newest.number, !number.isNative { text.newest.number = withThousands(number) }
        text.newest.numberPlace = index
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
        guard text.isDigits(index + 1), isDash(index) else { return false }
        return text.isBorder(index - 1) || text.isMark(index - 1, "([«\"'’:=<>≤≥~≈/±,;")
    }

    /// Whether an hour begins at a place: "17:00", "17h", "17 h 30".
    func isHour(at index: Int) -> Bool {
        guard text.small(index, in: 0...24) != nil else { return false }
        if text.isMark(index + 1, ":") { return text.small(index + 2, in: 0...59, digits: 2...2) != nil }
        return text.isWord(text.behindSpace(index + 1), inAnyCase: "h")
    }

    /// "8h/12h": an hour behind a slash, which is not the length of a day.
    func isOther(hour index: Int) -> Bool {
        text.isMark(index - 1, "/") && isHour(at: index) && text.value(index) != 24
    }

    /// Whether an hour ends before a place.
    func isHour(before end: Int) -> Bool {
        let isMinute = text.small(end - 1, in: 0...59, digits: 2...2) != nil
        if isMinute, text.isMark(end - 2, ":") { return isHour(at: end - 3) }
        var mark = isMinute ? end - 2 : end - 1
        if isMinute, text.isSpace(mark) { mark -= 1 }
        guard text.isWord(mark, inAnyCase: "h") else { return false }
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

    /// Whether the word at a place may be short for others, which nearly none is.
    @inline(__always)
    func mayBeShort(_ index: Int) -> Bool {
        if let letters = text.held(index).smallLetters { return shortForms[letters] != nil }
        return text.isWord(index, inAnyCase: shortForms)
    }

    /// Whether one of some words stands among the tokens around a place.
    func isNear(_ words: WordSet, _ index: Int, before: Int, behind: Int) -> Bool {
        for place in max(0, index - before)..<min(text.count, index + behind + 1) {
            if text.isWord(place, inAnyCase: words) { return true }
        }
        return false
    }

    /// A dash between two things without a space.
    func isDash(_ index: Int) -> Bool { text.isMark(index, of: .dash) }
}

/// The rules in the order in which they are asked, by the kind of the token that they begin with and of the one behind it. The first that
/// answers is right, so rules that want more come first.
final class RuleTable: Sendable {
    private static let digits: [Rule] = [
        Identifiers.hexadecimal, Identifiers.long, Identifiers.grouped, Identifiers.national, Sports.sets,
        Sports.addedTime, Ordinals.adverb,
        Numbers.scientific,
        Labels.lettered, Durations.minutes, Codes.glued,
        Codes.article, Codes.halved, Codes.dashed,
        Codes.secret,
        Codes.mixed,
        Codes.toCall, Quantities.millions, Quantities.inches, Quantities.shortInches,
        Durations.primes, Durations.sprint, Durations.arc, Telephones.slashed, Dates.iso,
        Dates.american, Dates.beforeMonth, Dates.afterMonth, Numbers.halves, Numbers.decades,
        Counts.outOf, Accounts.plainCommunication, Dates.daysOfMonth, Dates.monthAndYear, Dates.numeric, Numbers.often,
        Telephones.national, Addresses.ofMachine, Telephones.american, Clock.swiss, Clock.dotted, Clock.hours,
        Clock.colons,
        Clock.allDay,
        Money.texted, Money.whole, Money.amount, Money.englishAmount,
        Fractions.mixed, Quantities.span, Fractions.spaced, Quantities.heights,
        Fractions.written,
        Ordinals.figures, Ordinals.englishFigures,
        Quantities.product,
        Quantities.padded, Quantities.measured,
        Dates.firstOfMonth, Addresses.versions, Numbers.years, Numbers.counted, Numbers.code,
    ]
    private static let word: [Rule] = [
        Identifiers.hexadecimal,
        Accounts.iban, FilePaths.windows, Sizes.letters, Sizes.short, Sizes.cross, Alternatives.endings,
        Alternatives.slashed,
        Codes.plate,
        Clock.noon,
        Codes.episode, Calendar.weekNumber, Calendar.english, Calendar.week,
        Calendar.day, Calendar.dated, Calendar.listed, Calendar.months, LoneUnits.compound, Weather.wind,
        Weather.corner, Addresses.mail,
        Addresses.web,
        Kitchen.spoons, Numbers.perPeriod, Numbers.elided, Numerals.roman, Numerals.century, Quantities.doses,
        Quantities.packs, Money.codeFirst,
        ShortForms.temperature,
        ShortForms.beforeChrist,
        ShortForms.lettered,
        ShortForms.title, ShortForms.numbered, ShortForms.place, ShortForms.general, Compounds.versionOrName,
        Compounds.acronym,
    ]
    private static let mark: [Rule] = [
        Signs.phonemes, Formulas.root, Formulas.isotope, Formulas.absolute, Formulas.charge, Formulas.index,
        Formulas.named, Formulas.negative,
        Formulas.factorial, Marks.blood, Marks.countdown, Marks.accidental, Marks.stars, Marks.check,
        FilePaths.unix, Telephones.inBrackets, Telephones.international, Money.signFirst, LoneUnits.currency,
        LoneUnits.degrees, Signs.moreThan, Signs.twofold, Accounts.communication, Money.cents, Signs.sign,
        Signs.paragraph, Signs.stars, Signs.keys,
        Signs.hashtag, Signs.mention,
        Sizes.cross, Fractions.vulgar, Signs.power, Signs.bareFraction, Quantities.doses, Quantities.packs,
        Signs.otherHour, Clock.otherSwissHours, Formulas.quotient,
        Signs.joint,
        Signs.difference, Signs.trend,
        Signs.hours,
        Signs.days,
        Signs.limit,
        Signs.beside, Kitchen.thermostat,
        Signs.operation, Signs.membership, Signs.symbol,
    ]

    static let french = RuleTable(.french)
    static let english = RuleTable(.english)

    /// By the kind of the token. Nothing is written to it, nor to what it points to, after `init`, so that all threads may read it; the two
    /// tables live as long as the program.
    private nonisolated(unsafe) let sets: UnsafeMutablePointer<RuleSet>

    private init(_ language: RuleLanguages) {
        sets = .allocate(capacity: Token.Kind.allCases.count)
        for kind in Token.Kind.allCases {
            let rules = Self.rules(for: kind).filter { $0.languages.contains(language) }
            (sets + Int(kind.rawValue)).initialize(to: RuleSet(rules))
        }
    }

    private static func rules(for kind: Token.Kind) -> [Rule] {
        switch kind {
        case .digits: digits
        case .word: word
        case .mark: mark
        case .space: []
        }
    }

    /// What the first rule that has an answer makes of the token at a place, where one is.
    @inline(__always)
    func reading(at index: Int, before followerBit: Int, in context: RuleContext) -> Reading? {
        let kind = context.text.held(index).kindNumber
        let fitting = sets[kind].fitting(at: index, before: followerBit, in: context)
        return fitting != 0 ? sets[kind].reading(at: index, by: fitting, in: context) : nil
    }
}

/// Rules in order; the ones that fit a token are found by a bit for each.
private struct RuleSet: ~Copyable {
    private static let longest = 15

    /// What a rule does, in a place of its own: to copy it would be to count who has it.
    private struct Reader: ~Copyable {
        private let read: Rule.Reader

        init(_ rule: Rule) { read = rule.read }

        @inline(__always)
        borrowing func read(at index: Int, in context: RuleContext) -> Reading? { read(context, index) }
    }

    /// One for each rule.
    private let readers: UnsafeMutablePointer<Reader>
    /// By the low byte of the first scalar, by that of what stands behind, which is 0 for nothing, by the length, by the follower, and by what
    /// stands in front. Other scalars with the same byte find the same rules, which look for themselves.
    private let sets: UnsafeMutablePointer<UInt64>
    private static let heads = 0
    private static let nexts = 256
    private static let lengths = 512
    private static let followers = lengths + longest + 1
    private static let predecessors = followers + Followers.RawValue.bitWidth + 1
    /// Rules that care for what stands behind.
    private let choosy: UInt64
    private let ofShortForms: UInt64

    init(_ rules: [Rule]) {
        precondition(rules.count <= UInt64.bitWidth, "A set holds 64 rules: split it.")
        func sets(_ count: Int, _ fits: (Rule, Int) -> Bool) -> [UInt64] {
            (0..<count).map { key in
                rules.indices.reduce(0) { fits(rules[$1], key) ? $0 | 1 << UInt64($1) : $0 }
            }
        }
        func begins(_ heads: String?, _ byte: Int) -> Bool {
            heads?.unicodeScalars.contains { Int($0.value & 0xFF) == byte } ?? true
        }
        readers = .allocate(capacity: rules.count)
        for (place, rule) in rules.enumerated() { (readers + place).initialize(to: Reader(rule)) }
        let all =
            sets(256) { begins($0.heads, $1) } + sets(256) { begins($0.next, $1) }
            + sets(Self.longest + 1) {
                $0.lengths.contains($1) || $1 == Self.longest && $0.lengths.upperBound > $1
            }
            + sets(Followers.RawValue.bitWidth + 1) { $0.followers.rawValue & 1 << UInt16($1) != 0 }
            + sets(Followers.RawValue.bitWidth + 1) { $0.predecessors.rawValue & 1 << UInt16($1) != 0 }
        self.sets = .allocate(capacity: all.count)
        self.sets.initialize(from: all, count: all.count)
        choosy = sets(1) { rule, _ in rule.next != nil }[0]
        ofShortForms = sets(1) { rule, _ in rule.isOfShortForms }[0]
    }

    /// A bit for each rule that may read a token.
    @inline(__always)
    borrowing func fitting(at index: Int, before followerBit: Int, in context: RuleContext) -> UInt64 {
        let text = context.text
        let (head, length) = (Int(text.held(index).head.value & 0xFF), min(text.held(index).count, Self.longest))
        var fitting =
            sets[Self.heads + head] & sets[Self.lengths + length]
            & sets[Self.followers + followerBit] & sets[Self.predecessors + text.predecessorBit(of: index)]
        if fitting & ofShortForms != 0, !context.mayBeShort(index) {
            fitting &= ~ofShortForms
        }
        if fitting & choosy != 0 { fitting &= fittingNext(to: index, in: context) }
        return fitting
    }

    /// - Parameter fitting: a bit for each rule that is asked.
    @inline(__always)
    borrowing func reading(at index: Int, by fitting: UInt64, in context: RuleContext) -> Reading? {
        var fitting = fitting
        let start = context.phrase.end
        while fitting != 0 {
            if let reading = readers[fitting.trailingZeroBitCount].read(at: index, in: context) { return reading }
            context.phrase.cut(to: start)
            fitting &= fitting &- 1
        }
        return nil
    }

    @inline(never)
    private borrowing func fittingNext(to index: Int, in context: RuleContext) -> UInt64 {
        let text = context.text
        let next = text.behindSpace(text.isDigits(index) ? context.endOfNumber(index) : index + 1)
        guard next < text.count else { return sets[Self.nexts] }
        let (head, kind) = (text.tokens[next].head, text.tokens[next].kind)
        // Letters beyond ASCII may be other spellings of the ones that a rule wants.
        return head.value < 0x80 || kind != .word ? sets[Self.nexts + Int(head.value & 0xFF)] : UInt64.max
    }
}
