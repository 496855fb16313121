/// A unit as it stands behind a number.
struct WrittenUnit {
    let name: UnitTable.Name
    /// What it is multiplied by.
    var factor: UnitTable.Name?
    var end: Int
    /// Where the words lie that belong to it, such as "par heure".
    var added = 0..<0
}

/// What something is divided by: a unit, or a word that is said as it is written.
struct Divisor {
    let name: UnitTable.Name?
    let end: Int
}

extension RuleContext {
    func singular(of unit: WrittenUnit) -> String { name(of: unit, isPlural: false) }

    func name(of unit: WrittenUnit, isPlural: Bool) -> String {
        var name = units.words(unit.name, isPlural: isPlural)
        if let factor = unit.factor { name += " " + units.words(factor, isPlural: isPlural) }
        return unit.added.isEmpty ? name : name + String(valid: unitWords.bytes(unit.added))
    }

    func say(_ unit: WrittenUnit, isPlural: Bool) {
        phrase.append(unit.name, isPlural: isPlural, of: units)
        if let factor = unit.factor {
            phrase.append(" ")
            phrase.append(factor, isPlural: isPlural, of: units)
        }
        if !unit.added.isEmpty { phrase.append(unitWords.bytes(unit.added)) }
    }

    /// What stands between a number and its unit; only many millions have more than a space there.
    func sayLink(from number: WrittenNumber, to unit: WrittenUnit, isPlural: Bool) {
        guard number.value >= 1_000_000 else { return phrase.append(" ") }
        say(language.link(number, to: name(of: unit, isPlural: isPlural)))
    }

    /// "par heure".
    func say(per divisor: Divisor) {
        say(apart: words.per)
        say(divisor, to: &phrase)
    }

    private func say(_ divisor: Divisor, to phrase: inout Phrase) {
        if let name = divisor.name {
            phrase.append(name, of: units)
        } else {
            phrase.append(text.utf8[text.tokens[divisor.end - 1].bytes])
        }
    }

    /// Adds words to a unit.
    private func add(to unit: inout WrittenUnit, upTo end: Int, _ say: (inout Phrase) -> Void) {
        let start = unit.added.isEmpty ? unitWords.end : unit.added.lowerBound
        say(&unitWords)
        (unit.added, unit.end) = (start..<unitWords.end, end)
    }

    private func add(_ words: String, to unit: inout WrittenUnit, upTo end: Int) {
        add(to: &unit, upTo: end) { $0 += words }
    }

    func writtenUnit(behind end: Int) -> WrittenUnit? {
        let start = text.behindSpace(end)
        if let mark = text.mark(start) { return sign(mark, at: start) }
        guard
            var unit = (isFrench ? carbon(at: start) : nil) ?? simpleUnit(at: start, isAttached: start == end)
                ?? (isFrench ? nil : area(at: start))
        else { return nil }
        if text.mark(unit.end) != nil {
            if text.isMark(unit.end, "⁻"), let power = inverse(at: unit.end) {
                // "6,02·10²³ mol⁻¹"
                let divisor = unit.name
                unit = WrittenUnit(name: units.none, end: power.end)
                add(to: &unit, upTo: power.end) { say(per: divisor, raised: power.words, behind: "", to: &$0) }
            } else if text.isMark(unit.end, ".·⋅"), text.isWord(unit.end + 1, "K"), text.isMark(unit.end + 2, "/") {
                // "m².K/W"
                (unit.factor, unit.end) = (unitSymbols["K"]?.name, unit.end + 2)
            }
            // "100 hab./km²", "85 ct./kWh"
            if isFrench, text.isMark(unit.end, "."), text.isMark(unit.end + 1, "/"),
                ["habitant", "centime"].contains(singular(of: unit))
            {
                unit.end += 1
            }
            addDivisor(to: &unit)
        }
        if isFrench, let period = Sensors.spacedPeriod(in: text, behind: unit.end) {
            add(to: &unit, upTo: period.end) { phrase in
                phrase += " par "
                phrase += period.name
            }
        }
        if text.isBorder(unit.end) { return unit }
        // "6A123": a code.
        if start == end, text.isAllCapitals(start), unit.end == start + 1, text.isDigits(unit.end) { return nil }
        // "5 l'un", "3 m-": letters of something else.
        if text.isMark(unit.end, "'’_@") || text.isWord(unit.end) || isDash(unit.end) && text.isWord(unit.end + 1) {
            return nil
        }
        return unit
    }

    /// "aux cent kilomètres", "par 24 heures", "par seconde": what a unit is divided by.
    private func addDivisor(to unit: inout WrittenUnit) {
        guard text.isMark(unit.end, "/") else { return addInverse(to: &unit) }
        if text.isDigits(unit.end + 1) {
            if isFrench { addAmount(to: &unit) }
            return
        }
        guard let divisor = divisor(at: unit.end + 1) else { return }
        add(divisor, to: &unit, behind: " ")
        // "kWh/m²/an", "kWh/m².an".
        if isFrench,
            text.isMark(unit.end, "/") || text.isMark(unit.end, ".·⋅") && text.isWord(unit.end + 1, "an j h K"),
            let other = self.divisor(at: unit.end + 1)
        {
            add(other, to: &unit, behind: " et ")
        }
    }

    private func add(_ divisor: Divisor, to unit: inout WrittenUnit, behind joint: String) {
        add(to: &unit, upTo: divisor.end) { phrase in
            phrase += joint
            phrase += words.per
            phrase.append(" ")
            say(divisor, to: &phrase)
        }
    }

    /// "9,8 m.s-2", "m·s⁻¹", "J·mol⁻¹·K⁻¹". A hyphen is a minus behind seconds only.
    private func addInverse(to unit: inout WrittenUnit) {
        for joint in [" ", " " + words.and + " "] {
            guard text.isMark(unit.end, ".·⋅"), let divisor = simpleUnit(at: unit.end + 1, isAttached: true),
                text.isMark(divisor.end, "⁻") || text.isWord(unit.end + 1, "s"), let power = inverse(at: divisor.end)
            else { return }
            add(to: &unit, upTo: power.end) { say(per: divisor.name, raised: power.words, behind: joint, to: &$0) }
        }
    }

    private func say(per name: UnitTable.Name, raised power: String, behind joint: String, to phrase: inout Phrase) {
        phrase += joint
        phrase += words.per
        phrase.append(" ")
        phrase.append(name, of: units)
        phrase += power
    }

    /// "9 tCO2e/an", "12 gCO₂/kWh", "128 g CO2/km": so much of a gas.
    private func carbon(at start: Int) -> WrittenUnit? {
        let isApart = text.isWord(start + 2, "CO")
        let letters = isApart ? start + 2 : start
        guard text.isMark(letters + 1, "₂") || text.length(letters + 1) == 1 && text.value(letters + 1) == 2,
            isApart == text.isSpace(start + 1), isApart == (text.length(start) < 3),
            let mass = text.entry(start, in: Self.masses), let name = unitSymbols[mass]?.name
        else { return nil }
        let isEquivalent = text.isWord(letters + 2, "e eq éq")
        let end = isEquivalent ? letters + 3 : letters + 2
        guard !isApart || text.isMark(end, "/"), !text.isWord(end), !text.isDigits(end) else { return nil }
        var unit = WrittenUnit(name: name, end: end)
        add(isEquivalent ? " de C O deux équivalent" : " de C O deux", to: &unit, upTo: end)
        return unit
    }

    /// Their symbols, also with the letters of the gas.
    private static let masses: WordTable<String> = [
        "g": "g", "kg": "kg", "t": "t", "gCO": "g", "kgCO": "kg", "tCO": "t",
    ]

    /// Figures behind the slash of a French unit.
    private func addAmount(to unit: inout WrittenUnit) {
        let index = unit.end + 1
        if text.length(index) == 3, text.value(index) == 100 {
            addHundred(to: &unit)
        } else if let count = text.small(index, in: 2...48),
            let period = simpleUnit(at: text.behindSpace(index + 1), isAttached: false), !text.isWord(period.end),
            ["heure", "jour", "minute"].contains(singular(of: period))
        {
            // "3 g/24 h".
            add(to: &unit, upTo: period.end) { phrase in
                phrase += " par "
                language.cardinal(count, period.name.isFeminine ? .feminine : .masculine, to: &phrase)
                phrase.append(" ")
                phrase.append(period.name, isPlural: true, of: units)
            }
        } else if singular(of: unit).hasSuffix("gramme"), let count = text.small(index, in: 1...999, digits: 1...3),
            let volume = simpleUnit(at: text.behindSpace(index + 1), isAttached: !text.isSpace(index + 1)),
            ["millilitre", "litre"].contains(singular(of: volume)), !text.isWord(volume.end),
            !text.isMark(volume.end, "'’")
        {
            // "50 mg/5 ml": so much of a medicine holds so much of it.
            add(to: &unit, upTo: volume.end) { phrase in
                phrase += " pour "
                language.cardinal(count, .masculine, to: &phrase)
                phrase.append(" ")
                phrase.append(volume.name, isPlural: count > 1, of: units)
            }
        }
    }

    /// "5,6 l/100 km", "350 kcal/100 g", but not "23,4 Go/100 Go".
    private func addHundred(to unit: inout WrittenUnit) {
        let distance = text.behindSpace(unit.end + 2)
        guard text.string(distance) != text.string(unit.end - 1) else { return }
        if text.isWord(distance, "km") {
            add(" aux cent kilomètres", to: &unit, upTo: distance + 1)
        } else if distance == unit.end + 2, !text.isWord(distance), singular(of: unit) == "litre" {
            // "5,6 l/100"
            add(" aux cent", to: &unit, upTo: distance)
        } else if let base = simpleUnit(at: distance, isAttached: false), !text.isWord(base.end) {
            add(to: &unit, upTo: base.end) { phrase in
                phrase += " pour cent "
                phrase.append(base.name, isPlural: true, of: units)
            }
        }
    }

    /// "-2", "⁻¹": the power of what a unit is divided by.
    private func inverse(at index: Int) -> (words: String, end: Int)? {
        guard isDash(index) || text.isMark(index, "⁻") else { return nil }
        let isSquare = text.isMark(index + 1, "²") || text.length(index + 1) == 1 && text.value(index + 1) == 2
        guard isSquare || text.isMark(index + 1, "¹") || text.length(index + 1) == 1 && text.value(index + 1) == 1
        else {
            return nil
        }
        return (isSquare ? " " + words.squared : "", index + 2)
    }

    /// Whether figures and a letter are a part of a formula: "2x + 1", "x² - 3x".
    func isTerm(from index: Int, to letter: Int) -> Bool {
        let (before, behind) = (text.isSpace(index - 1) ? index - 2 : index - 1, text.behindSpace(letter + 1))
        return text.isMark(letter + 1, "²³^") || text.isMark(before, "+=−×(≤≥<>")
            || text.isMark(before, "-") && (text.isDigits(before - 1) || text.isMark(before - 1, "²³"))
            || text.isMark(behind, "+=−×≤≥<>")
            || text.isMark(behind, "-") && text.isSpace(behind + 1) && text.isDigits(behind + 2)
            || text.isMark(before, "-") && text.isSpace(before + 1) && Formulas.isWritten(text, around: before)
            || text.isMark(behind, "-") && Formulas.isWritten(text, around: behind)
            || isNear(Self.functions, index, before: 8, behind: 0) || isBesidePower(of: letter)
    }

    private static let functions: WordSet = [
        "dérivée", "primitive", "fonction", "polynôme", "derivative", "polynomial",
    ]

    /// "x² + 3x, et donc 4x": whether the letter stands near with a power, or in "f(x)".
    private func isBesidePower(of letter: Int) -> Bool {
        guard text.tokens[letter].head == "x" else { return false }
        return (max(0, letter - 20)..<min(text.count, letter + 20)).contains {
            text.isWord($0, "x") && (text.isMark($0 + 1, "²³^") || text.isMark($0 - 1, "(") && text.isMark($0 + 1, ")"))
        }
    }

    /// Whether a length stands behind a number.
    func isLength(behind end: Int) -> Bool {
        unit(behind: end).map { singular(of: $0).hasSuffix("mètre") } ?? false
    }

    /// Whether degrees stand behind a number.
    func isTemperature(behind end: Int) -> Bool { text.isMark(text.behindSpace(end), "°º℃") }

    private func sign(_ mark: Unicode.Scalar, at start: Int) -> WrittenUnit? {
        switch mark {
        case "°", "º": return degrees(at: start)
        case "℃": return WrittenUnit(name: units.celsius, end: start + 1)
        case "%": return WrittenUnit(name: units.percent, end: start + 1)
        case "‰": return WrittenUnit(name: units.perMille, end: start + 1)
        default: return nil
        }
    }

    private func degrees(at start: Int) -> WrittenUnit? {
        let behind = text.behindSpace(start + 1)
        // "48,8566° N"
        if behind > start + 1, let side = text.entry(behind, in: units.sides),
            text.isBorder(behind + 1) || text.isMark(behind + 1, ",;)")
                || text.isMark(behind + 1, ".") && text.isBorder(behind + 2)
        {
            return WrittenUnit(name: side, end: behind + 1)
        }
        guard let name = text.entry(behind, in: units.scales), !text.isMark(behind + 1, "'’") else {
            return WrittenUnit(name: units.degree, end: start + 1)
        }
        return WrittenUnit(name: name, end: behind + 1)
    }

    func simpleUnit(at start: Int, isAttached: Bool) -> WrittenUnit? {
        guard text.isWord(start),
            let symbol = text.entry(start, in: unitSymbols) ?? (text.length(start) == 1 ? loudMetre(at: start) : nil),
            !symbol.isDoubtful || isUnit(at: start, isAttached: isAttached)
        else { return nil }
        let power = power(at: start + 1)
        return WrittenUnit(name: symbol.name.raised(to: power), end: power == .none ? start + 1 : start + 2)
    }

    /// Whether a symbol that may be something else is a unit.
    private func isUnit(at start: Int, isAttached: Bool) -> Bool {
        let isMany = isFrench && isMany(of: start)
        // "9,8 N/kg", "F = 10 N"
        let isOfPhysics = text.isWord(start, "N J") && (text.hasEqualsSign || text.isMark(start + 1, "/·⋅"))
        if !isAttached, !isMany, !isOfPhysics, text.isWord(start, in: Unit.onlyAttached) { return false }
        if text.isWord(start, "K") { return isKelvin(at: start) }
        // "2 A/R", "2 Cl⁻"
        if text.isWord(start, "A"), text.isMark(start + 1, "/"), text.isWord(start + 2, "R") { return false }
        if text.isWord(start, "Cl"),
            text.hasEqualsSign || !text.isBorder(start + 1) && !text.isMark(start + 1, ".,;:!?)/")
        {
            return false
        }
        // "7V 3N 4D" of a team, "R16 91V" of a tyre, "case 7DB" of a form
        if isAttached, isFrench,
            text.isWord(start, "V N") && text.isDigits(start + 2) && text.isWord(start + 3, "N D")
                || text.isWord(start, "V W") && text.isDigits(start - 3) && text.isWord(start - 4, "R")
                || text.isWord(start, "DB") && text.isWord(start - 3, inAnyCase: "case cases")
        {
            return false
        }
        // "4 t.a.b." in a match
        if text.isWord(start, "t"), text.isMark(start + 1, "."), text.isWord(start + 2, "a"),
            text.isMark(start + 3, ".")
        {
            return false
        }
        // "24 CM2" go to school.
        if text.isDigits(start + 1), text.isWord(start, "CM") { return false }
        // "Un, deux, 3, go !"
        if text.isMark(text.behindSpace(start + 1), "!"), text.isWord(start, "go") { return false }
        // "2 tr." are slices.
        return isMany || text.isMark(start + 1, "/") || !text.isWord(start, "tr trs")
    }

    /// What comes in thousands, as "4000 K de vues" do.
    private static let crowds: WordSet = [
        "de", "d", "vues", "abonnés", "followers", "subscribers", "views", "likes", "users", "utilisateurs",
        "visiteurs",
        "euros", "dollars", "points", "lignes", "people", "personnes",
    ]
    private static let budgets: WordSet = ["ca", "budget", "chiffre", "salaire", "revenu", "revenue", "loyer", "prix"]

    /// "2700 K", "273,15 K", "0 K", "T = 300 K", "J/K": few others are not thousands.
    private func isKelvin(at start: Int) -> Bool {
        if text.isMark(start - 1, "/.·⋅") { return true }
        let number = text.isSpace(start - 1) ? start - 2 : start - 1
        guard text.isDigits(number), text.isBorder(start + 1) || text.isMark(start + 1, ".,;:!?)/") else {
            return false
        }
        if text.isSpace(start + 1), text.isWord(start + 2, inAnyCase: Self.crowds) { return false }
        if isNear(Self.budgets, number, before: 6, behind: 0) { return false }
        let isGrouped = text.isSingleSpace(number - 1) || text.isMark(number - 1, ".,") && !isFrench
        return text.length(number) == 4 || text.length(number) == 3 && isGrouped && text.isDigits(number - 2)
            || text.value(number) == 0 && !text.isMark(number - 1, ".,")
            || text.length(number) == 2 && text.isMark(number - 1, ".,") && text.length(number - 2) == 3
            || text.isSpace(number - 1) && text.isMark(number - 2, "=")
    }

    /// "110 ch", "1400 tr": enough of them to be a motor's.
    private func isMany(of start: Int) -> Bool {
        let head = text.tokens[start].head
        guard head == "c" || head == "t", let least = text.entry(start, in: Unit.leastOf),
            let value = text.value(text.isSpace(start - 1) ? start - 2 : start - 1)
        else { return false }
        return value >= least && (text.isBorder(start + 1) || text.isMark(start + 1, ".,;:!?)"))
    }

    /// "HAUTEUR 1,20 M", "25 M²".
    private func loudMetre(at start: Int) -> UnitTable.Symbol? {
        guard isFrench, text.isWord(start, "M"), !text.isMark(start + 1, ".'’€$") else {
            return nil
        }
        let number = text.isSpace(start - 1) ? start - 2 : start - 1
        let word = text.isMark(number - 1, ",") ? number - 4 : number - 2
        guard text.isMark(start + 1, "²³") || text.isAllCapitals(word) && text.length(word) > 2 else { return nil }
        return unitSymbols["m"]
    }

    /// "sq ft".
    private func area(at start: Int) -> WrittenUnit? {
        guard text.isWord(start, "sq"), text.isSpace(start + 1),
            let unit = simpleUnit(at: start + 2, isAttached: false), unit.end == start + 3
        else { return nil }
        return WrittenUnit(name: unit.name.raised(to: .square), end: unit.end)
    }

    /// "m²", "m3".
    private func power(at index: Int) -> UnitTable.Power {
        if text.isMark(index, "²") { return .square }
        if text.isMark(index, "³") { return .cube }
        guard text.length(index) == 1, let figure = text.value(index) else { return .none }
        return figure == 2 ? .square : figure == 3 ? .cube : .none
    }

    /// What stands behind the slash of "km/h", "€/mois".
    func divisor(at index: Int) -> Divisor? {
        if let unit = simpleUnit(at: index, isAttached: true) { return Divisor(name: unit.name, end: unit.end) }
        guard text.isWord(index) else { return nil }
        // "KM/H"
        if isFrench, text.isWord(index, "H"), text.isCapitalised(index - 2) {
            return unitSymbols["h"].map { Divisor(name: $0.name, end: index + 1) }
        }
        guard text.isWord(index, in: Unit.periods) else { return nil }
        let name = text.isWord(index, "sem") ? units.week : text.isWord(index, "trim") ? units.quarter : nil
        return Divisor(name: name, end: index + 1)
    }
}
