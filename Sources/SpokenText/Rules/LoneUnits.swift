/// Units without a number: "le prix du kWh", "en km/h", "au m²", "(°C)", "en €".
enum LoneUnits {
    /// "kWh", "quelques Mo": a symbol by itself.
    static func symbol(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isBorder(index - 1) || text.isMark(index - 1, "(") || isElided(text, index),
            isClosed(text, index + 1),
            let unit = text.entry(index, in: Unit.symbols)
        else { return nil }
        if !text.isWord(index, in: sure) {
            guard text.isSpace(index - 1),
                text.isWord(index - 2, inAnyCase: text.isWord(index, in: words) ? amounts : leading)
            else { return nil }
        }
        let name = unit.french
        return Reading(end: index + 1, words: isOne(text, index) ? name.singular : name.plural)
    }

    /// "km/h", "m²", "kWh/m²/an": with a power or what stands behind a slash.
    static let compound = Rule(at: "kKcdmMGLlgµμht", of: 1...3, before: [.slash, .otherMark, .digits], in: .french) {
        context, index in
        let text = context.text
        guard text.isWord(index, in: divided),
            text.isBorder(index - 1) || text.isMark(index - 1, "(") || isElided(text, index),
            text.isMark(index + 1, "/²³") || text.length(index + 1) == 1 && text.isDigits(index + 1),
            let unit = context.unit(behind: index), unit.end > index + 1, isClosed(text, unit.end)
        else { return nil }
        let isQuotient = (index + 1..<unit.end).contains { text.isMark($0, "/") }
        if isQuotient {
            // "cl/ml": one or the other.
            guard text.string(index).last != text.string(index + 2).last, text.length(index) > 1 || isRate(text, index)
            else {
                return nil
            }
        } else {
            // "CM2" is a class, and "m²" may be the square of a mass.
            if text.isWord(index, "cm"), text.isDigits(index + 1), !text.isWord(index + 1, "3") { return nil }
            if text.isWord(index, "g L l t h") { return nil }
            if text.isWord(index, "m"), !isMetre(text, index, upTo: unit.end) { return nil }
        }
        context.say(unit, isPlural: !isOne(text, index))
        return Reading(end: unit.end)
    }

    /// "en °C", "(°F)".
    static let degrees = Rule(at: "°", before: .word, in: .french) { context, index in
        let text = context.text
        guard text.isBorder(index - 1) || text.isMark(index - 1, "("), !text.isDigits(index - 2),
            let unit = context.unit(behind: index), unit.end == index + 2, isClosed(text, unit.end)
        else { return nil }
        context.say(unit, isPlural: !isOne(text, index))
        return Reading(end: unit.end)
    }

    /// "en €", "d'€", "| € |", "€/kWh", "en $".
    static let currency = Rule(at: "€$£", before: [.space, .pause, .stop, .none, .slash], in: .french) {
        context, index in
        let text = context.text
        let divisor = text.isMark(index + 1, "/") ? context.divisor(at: index + 2) : nil
        guard text.isBorder(index - 1) || text.isMark(index - 1, "(") || isElided(text, index),
            isClosed(text, divisor?.end ?? index + 1),
            text.isMark(index, "€") || text.isSpace(index - 1) && text.isWord(index - 2, "en des quelques")
                || text.isWord(index - 2, "de") && text.isWord(index - 4, "million millions milliard milliards"),
            let currency = text.mark(index).flatMap({ context.vocabulary.currencies[$0] })
        else { return nil }
        context.say(isOne(text, index) ? currency.singular : currency.plural)
        guard let divisor else { return Reading(end: index + 1) }
        context.say(per: divisor)
        return Reading(end: divisor.end)
    }

    /// "m/s", "g/L", "l/100 km": letters that are names of other things too.
    private static func isRate(_ text: TokenizedText, _ index: Int) -> Bool {
        switch text.string(index) {
        case "m": text.isWord(index + 2, "s min h")
        case "g": text.isWord(index + 2, "L l kg km j cm m mol") || text.isDigits(index + 2)
        case "L", "l": text.isWord(index + 2, "min h s j jour m") || text.isDigits(index + 2)
        case "t": text.isWord(index + 2, "ha an km")
        default: false
        }
    }

    /// "au m²", "(m³)", "une centaine de m2".
    private static func isMetre(_ text: TokenizedText, _ index: Int, upTo end: Int) -> Bool {
        if text.isMark(index - 1, "("), text.isMark(end, ")") { return true }
        return text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: leading)
            && !text.isMark(text.behindSpace(end), "+-−×=*·/<>")
    }

    private static func isElided(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isMark(index - 1, "'’") && text.isWord(index - 2, inAnyCase: "d l")
    }

    private static func isClosed(_ text: TokenizedText, _ end: Int) -> Bool {
        text.isBorder(end) || text.isMark(end, ".,;:!?)»…") && !text.isWord(end + 1) && !text.isDigits(end + 1)
    }

    /// "le kWh", "par m²", "un km/h", but "en kWh", "des m²".
    private static func isOne(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: "du au le un par ce chaque")
            || text.isMark(index - 1, "'’") && text.isWord(index - 2, inAnyCase: "l")
    }

    /// Symbols that short forms and names don't have.
    private static let sure: WordSet = [
        "kWh", "KWh", "kwh", "KWH", "Kwh", "MWh", "GWh", "TWh", "hPa", "kPa", "mbar", "kVA", "kWc", "mmHg", "mAh",
        "kcal",
        "Kcal", "Mbps", "Gbps", "kbps", "MHz", "GHz", "kHz", "kΩ", "µm", "µg", "µs", "mmol",
    ]
    /// They are read behind a word that leads to them.
    private static let led: WordSet = ["ml", "mL", "cl", "cL", "dl", "dL", "mg", "kW", "Wh", "dB", "ha", "ms"]
    /// They are other words too, so that only an amount may lead to them.
    private static let words: WordSet = ["Go", "Mo", "To", "Ko", "Gb", "Mb"]
    static let symbols = sure.union(led).union(words)

    private static let leading: WordSet = [
        "en", "du", "au", "par", "de", "des", "quelques", "plusieurs", "le", "les", "un", "ce", "ces", "chaque", "qq",
        "combien",
    ]
    private static let amounts: WordSet = ["en", "quelques", "plusieurs", "qq", "par"]
    private static let divided: WordSet = WordSet(
        "km KM m cm mm dm ha kg g mg µg μg ng t L l hl dl dL cl cL ml mL W kW MW Wh kWh kWc mol ko Ko Mo Go To Mb Gb hab"
    )
}
