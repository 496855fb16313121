/// A unit as it stands behind a number, in words.
struct WrittenUnit {
    var singular: String
    var plural: String
    var isFeminine = false
    var end: Int

    /// Adds words that belong to it, such as "par heure".
    mutating func add(_ words: String, upTo end: Int) {
        singular += words
        plural += words
        self.end = end
    }
}

extension RuleContext {
    func writtenUnit(behind end: Int) -> WrittenUnit? {
        let start = text.behindSpace(end)
        guard text.isWord(start) || text.isMark(start, "°º℃%‰Ω") else { return nil }
        if let unit = degrees(at: start) { return unit }
        if let mark = text.mark(start), mark == "%" || mark == "‰" {
            let name = mark == "%" ? words.percent : words.perMille
            return WrittenUnit(singular: name, plural: name, end: start + 1)
        }
        guard var unit = simpleUnit(at: start, isAttached: start == end) ?? area(at: start) else { return nil }
        // "100 hab./km²", "85 ct./kWh"
        if text.isMark(unit.end, "."), text.isMark(unit.end + 1, "/"), ["habitant", "centime"].contains(unit.singular) {
            unit.end += 1
        }
        addDivisor(to: &unit)
        if isFrench, let period = Sensors.spacedPeriod(in: text, behind: unit.end) {
            unit.add(" " + words.per + " " + period.name, upTo: period.end)
        }
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
        if isFrench, text.isMark(unit.end, "/"), text.string(unit.end + 1) == "100" {
            addHundred(to: &unit)
        } else if isFrench, text.isMark(unit.end, "/"), let count = text.small(unit.end + 1, in: 2...48),
            let period = simpleUnit(at: text.behindSpace(unit.end + 2), isAttached: false), !text.isWord(period.end),
            ["heure", "jour", "minute"].contains(period.singular)
        {
            // "3 g/24 h".
            let number = language.cardinal(count, period.isFeminine ? .feminine : .masculine)
            unit.add(" " + words.per + " " + number + " " + period.plural, upTo: period.end)
        } else if text.isMark(unit.end, ".·⋅"), text.isWord(unit.end + 1, "s"), let power = inverse(at: unit.end + 2) {
            // "9,8 m.s-2", "m·s⁻¹"
            unit.add(" " + words.per + " " + (isFrench ? "seconde" : "second") + power.words, upTo: power.end)
        } else if isFrench, text.isMark(unit.end, "/"), let volume = volume(at: unit.end + 1, of: unit) {
            // "50 mg/5 ml"
            unit.add(volume.words, upTo: volume.end)
        } else if text.isMark(unit.end, "/"), let divisor = divisor(at: unit.end + 1) {
            unit.add(" " + words.per + " " + divisor.singular, upTo: divisor.end)
            // "kWh/m²/an", "kWh/m².an".
            if isFrench,
                text.isMark(unit.end, "/") || text.isMark(unit.end, ".") && text.isWord(unit.end + 1, "an j h"),
                let other = self.divisor(at: unit.end + 1)
            {
                unit.add(" et " + words.per + " " + other.singular, upTo: other.end)
            }
        }
    }

    /// "5,6 l/100 km", "350 kcal/100 g", but not "23,4 Go/100 Go".
    private func addHundred(to unit: inout WrittenUnit) {
        let distance = text.behindSpace(unit.end + 2)
        guard text.string(distance) != text.string(unit.end - 1) else { return }
        if text.isWord(distance, "km") {
            unit.add(" aux cent kilomètres", upTo: distance + 1)
        } else if unit.singular == "litre", distance == unit.end + 2, !text.isWord(distance) {
            // "5,6 l/100"
            unit.add(" aux cent", upTo: distance)
        } else if let base = simpleUnit(at: distance, isAttached: false), !text.isWord(base.end) {
            unit.add(" pour cent " + base.plural, upTo: base.end)
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

    /// "5 ml" behind the slash of what so much of a medicine holds.
    private func volume(at index: Int, of unit: WrittenUnit) -> (words: String, end: Int)? {
        guard unit.singular.hasSuffix("gramme"), let count = text.small(index, in: 1...999, digits: 1...3),
            let volume = simpleUnit(at: text.behindSpace(index + 1), isAttached: !text.isSpace(index + 1)),
            ["millilitre", "litre"].contains(volume.singular), !text.isWord(volume.end), !text.isMark(volume.end, "'’")
        else { return nil }
        let name = count > 1 ? volume.plural : volume.singular
        return (" pour " + language.cardinal(count, .masculine) + " " + name, volume.end)
    }

    /// Whether figures and a letter are a part of a formula: "2x + 1", "x² - 3x".
    func isTerm(from index: Int, to letter: Int) -> Bool {
        let (before, behind) = (text.isSpace(index - 1) ? index - 2 : index - 1, text.behindSpace(letter + 1))
        return text.isMark(letter + 1, "²³^") || text.isMark(before, "+=−×(≤≥<>")
            || text.isMark(before, "-") && (text.isDigits(before - 1) || text.isMark(before - 1, "²³"))
            || text.isMark(behind, "+=−×≤≥<>")
            || text.isMark(behind, "-") && text.isSpace(behind + 1) && text.isDigits(behind + 2)
    }

    /// Whether degrees stand behind a number.
    func isTemperature(behind end: Int) -> Bool { text.isMark(text.behindSpace(end), "°º℃") }

    private func degrees(at start: Int) -> WrittenUnit? {
        guard let mark = text.mark(start) else { return nil }
        guard mark == "°" || mark == "º" else {
            guard mark == "℃", let name = scales["C"] else { return nil }
            return WrittenUnit(singular: name.singular, plural: name.plural, end: start + 1)
        }
        let behind = text.behindSpace(start + 1)
        // "48,8566° N"
        if behind > start + 1, let side = text.entry(behind, in: isFrench ? Self.frenchSides : Self.englishSides),
            text.isBorder(behind + 1) || text.isMark(behind + 1, ",;)")
                || text.isMark(behind + 1, ".") && text.isBorder(behind + 2)
        {
            return WrittenUnit(singular: words.degree + side, plural: words.degrees + side, end: behind + 1)
        }
        guard let name = text.entry(behind, in: scales), !text.isMark(behind + 1, "'’") else {
            return WrittenUnit(singular: words.degree, plural: words.degrees, end: start + 1)
        }
        return WrittenUnit(singular: name.singular, plural: name.plural, end: behind + 1)
    }

    private static let frenchSides: WordTable<String> = ["N": " nord", "S": " sud", "E": " est", "O": " ouest"]
    private static let englishSides: WordTable<String> = ["N": " north", "S": " south", "E": " east", "W": " west"]
    private var scales: WordTable<UnitName> { isFrench ? Self.frenchScales : Self.englishScales }
    private static let frenchScales = scales(degree: "degré", degrees: "degrés")
    private static let englishScales = scales(degree: "degree", degrees: "degrees")

    private static func scales(degree: String, degrees: String) -> WordTable<UnitName> {
        func name(_ scale: String) -> UnitName { UnitName(singular: degree + scale, plural: degrees + scale) }
        return ["C": name(" Celsius"), "c": name(" Celsius"), "F": name(" Fahrenheit")]
    }

    func simpleUnit(at start: Int, isAttached: Bool) -> WrittenUnit? {
        guard text.isWord(start) || text.isMark(start, "Ω"),
            let unit = text.entry(start, in: Unit.symbols) ?? loudMetre(at: start)
        else { return nil }
        let isMany = isFrench && isMany(of: start)
        // "9,8 N/kg", "F = 10 N"
        let isOfPhysics = text.isWord(start, "N J") && (text.hasEqualsSign || text.isMark(start + 1, "/"))
        if !isAttached, !isMany, !isOfPhysics, text.isWord(start, in: Unit.onlyAttached), !text.isWord(start, "A") {
            return nil
        }
        if text.isWord(start, in: isFrench ? Unit.onlyInEnglish : Unit.onlyInFrench) { return nil }
        // "7V 3N 4D" of a team, "R16 91V" of a tyre, "case 7DB" of a form
        if isAttached, isFrench,
            text.isWord(start, "V N") && text.isDigits(start + 2) && text.isWord(start + 3, "N D")
                || text.isWord(start, "V W") && text.isDigits(start - 3) && text.isWord(start - 4, "R")
                || text.isWord(start, "DB") && text.isWord(start - 3, inAnyCase: "case cases")
        {
            return nil
        }
        // "4 t.a.b." in a match
        if text.isWord(start, "t"), text.isMark(start + 1, "."), text.isWord(start + 2, "a"),
            text.isMark(start + 3, ".")
        {
            return nil
        }
        // "24 CM2" go to school.
        if text.isDigits(start + 1), text.isWord(start, "CM") { return nil }
        // "Un, deux, 3, go !"
        if text.isMark(text.behindSpace(start + 1), "!"), text.isWord(start, "go") {
            return nil
        }
        // In English, "pt" may be a pint.
        if !isFrench, text.length(start) == 2, text.isWord(start, "pt") { return nil }
        // "2 tr." are slices.
        if text.length(start) == 2, !isMany, !text.isMark(start + 1, "/"), text.isWord(start, "tr") { return nil }
        let name = language.quantity(of: unit)
        var written = WrittenUnit(
            singular: name.singular, plural: name.plural, isFeminine: name.gender == .feminine, end: start + 1)
        addPower(to: &written, isLength: unit.isLength)
        return written
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
    private func loudMetre(at start: Int) -> Unit? {
        guard isFrench, text.length(start) == 1, text.isWord(start, "M"), !text.isMark(start + 1, ".'’€$") else {
            return nil
        }
        let number = text.isSpace(start - 1) ? start - 2 : start - 1
        let word = text.isMark(number - 1, ",") ? number - 4 : number - 2
        guard text.isMark(start + 1, "²³") || text.isAllCapitals(word) && text.length(word) > 2 else { return nil }
        return Unit.symbols["m"]
    }

    /// "sq ft".
    private func area(at start: Int) -> WrittenUnit? {
        guard !isFrench, text.isWord(start, "sq"), text.isSpace(start + 1),
            var unit = simpleUnit(at: start + 2, isAttached: false), unit.end == start + 3
        else { return nil }
        (unit.singular, unit.plural) = ("square " + unit.singular, "square " + unit.plural)
        return unit
    }

    /// "m²", "m3".
    private func addPower(to unit: inout WrittenUnit, isLength: Bool) {
        let figure = text.length(unit.end) == 1 ? text.value(unit.end) : nil
        let isSquare = text.isMark(unit.end, "²") || figure == 2
        guard isSquare || text.isMark(unit.end, "³") || figure == 3 else { return }
        unit.end += 1
        if isFrench {
            unit.singular += isLength ? (isSquare ? " carré" : " cube") : " " + (isSquare ? words.squared : words.cubed)
            unit.plural += isLength ? (isSquare ? " carrés" : " cubes") : " " + (isSquare ? words.squared : words.cubed)
        } else {
            let power = isSquare ? "square " : "cubic "
            (unit.singular, unit.plural) = (power + unit.singular, power + unit.plural)
        }
    }

    /// What stands behind the slash of "km/h", "€/mois".
    func divisor(at index: Int) -> WrittenUnit? {
        if let unit = simpleUnit(at: index, isAttached: true) { return unit }
        // "KM/H"
        if isFrench, text.isWord(index, "H"), text.isAllCapitals(index - 2) {
            return WrittenUnit(singular: "heure", plural: "heures", isFeminine: true, end: index + 1)
        }
        guard let word = text.word(index), Unit.periods.contains(word) else { return nil }
        let name = word == "sem" ? "semaine" : word
        return WrittenUnit(singular: name, plural: name, end: index + 1)
    }
}
