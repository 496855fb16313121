/// The units of a language by their symbols, and all their names, which are said from one memory.
final class UnitTable: Sendable {
    /// What a unit is called: a place among all names.
    struct Name {
        /// Of the singular. Behind it stand the plural and, for a unit with a symbol, both of its square and of its cube.
        fileprivate let place: UInt16
        let isFeminine: Bool

        func raised(to power: Power) -> Name {
            Name(place: place + 2 * power.rawValue, isFeminine: isFeminine)
        }

        fileprivate func place(isPlural: Bool) -> Int { Int(place) + (isPlural ? 1 : 0) }
    }

    enum Power: UInt16 { case none, square, cube }

    struct Symbol {
        let name: Name
        /// Whether it is something else in some company.
        let isDoubtful: Bool
    }

    static let french = UnitTable(isFrench: true)
    static let english = UnitTable(isFrench: false)

    let symbols: WordTable<Symbol>
    /// By the letters behind the sign of degrees.
    let scales: WordTable<Name>, sides: WordTable<Name>
    let degree: Name, celsius: Name, percent: Name, perMille: Name, week: Name, quarter: Name
    /// Of a unit that is all in the words that belong to it.
    let none: Name
    private let names: [String]
    fileprivate let phrases: PhraseTable

    private init(isFrench: Bool) {
        let words = isFrench ? French.frenchWords : English.englishWords
        var names: [String] = []
        func add(_ singular: String, _ plural: String, isFeminine: Bool = false) -> Name {
            names += [singular, plural]
            return Name(place: UInt16(names.count - 2), isFeminine: isFeminine)
        }
        func degrees(_ ending: String) -> Name { add(words.degree + ending, words.degrees + ending) }
        degree = degrees("")
        celsius = degrees(" Celsius")
        scales = ["C": celsius, "c": celsius, "F": degrees(" Fahrenheit")]
        sides =
            isFrench
            ? ["N": degrees(" nord"), "S": degrees(" sud"), "E": degrees(" est"), "O": degrees(" ouest")]
            : ["N": degrees(" north"), "S": degrees(" south"), "E": degrees(" east"), "W": degrees(" west")]
        percent = add(words.percent, words.percent)
        perMille = add(words.perMille, words.perMille)
        week = add("semaine", "semaine")
        quarter = add("trimestre", "trimestre")
        none = add("", "")
        var symbols: [String: Symbol] = [:]
        for (written, unit) in Unit.all {
            let unitName = isFrench ? unit.french : unit.english
            let name = add(unitName.singular, unitName.plural, isFeminine: unitName.gender == .feminine)
            for power in [Power.square, .cube] {
                let raised = unitName.raised(to: power, isLength: unit.isLength, isFrench: isFrench)
                _ = add(raised.singular, raised.plural)
            }
            for symbol in written where (isFrench ? Unit.onlyInEnglish : Unit.onlyInFrench)[symbol] == nil {
                symbols[symbol] = Symbol(name: name, isDoubtful: Unit.doubtful[symbol] != nil)
            }
        }
        self.symbols = WordTable(symbols)
        self.names = names
        phrases = PhraseTable(names)
    }

    func words(_ name: Name, isPlural: Bool) -> String { names[name.place(isPlural: isPlural)] }
}

extension UnitName {
    /// "mètre carré", "watt au carré", "square metre", "second squared".
    fileprivate func raised(to power: UnitTable.Power, isLength: Bool, isFrench: Bool) -> UnitName {
        let isSquare = power == .square
        guard isLength else {
            let words = isFrench ? (isSquare ? " au carré" : " au cube") : isSquare ? " squared" : " cubed"
            return UnitName(singular: singular + words, plural: plural + words)
        }
        guard isFrench else {
            let word = isSquare ? "square " : "cubic "
            return UnitName(singular: word + singular, plural: word + plural)
        }
        let word = isSquare ? " carré" : " cube"
        return UnitName(singular: singular + word, plural: plural + word + "s")
    }
}

extension Phrase {
    mutating func append(_ name: UnitTable.Name, isPlural: Bool = false, of units: UnitTable) {
        append(name.place(isPlural: isPlural), of: units.phrases)
    }
}
