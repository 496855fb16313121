/// Units as they are said in a language, and their symbols.
struct SpokenUnits: Sendable {
    private let ofOneWord: WordKeyTable<String>
    /// By the first word.
    private let ofTwoWords: WordKeyTable<[LongName]>

    private struct LongName {
        var second: WordKey
        var isHyphenated: Bool
        var symbol: String
    }

    /// - Parameter symbols: of names of up to two words, with a space or a hyphen between them.
    private init(_ symbols: [String: String]) {
        var (short, long): ([WordKey: String], [WordKey: [LongName]]) = ([:], [:])
        for (name, symbol) in symbols {
            let words = name.split { $0 == " " || $0 == "-" }.map { WordKey(String($0)) }
            switch words.count {
            case 1: short[words[0]] = symbol
            case 2:
                long[words[0], default: []].append(
                    LongName(second: words[1], isHyphenated: name.contains("-"), symbol: symbol))
            default: break
            }
        }
        (ofOneWord, ofTwoWords) = (WordKeyTable(short), WordKeyTable(long))
    }

    /// What their names begin with.
    var firstWords: [WordKey] { ofOneWord.words + ofTwoWords.words }

    /// The longest name that stands at a token.
    func unit(at index: Int, in transcript: Transcript) -> SpokenUnit? {
        let key = transcript.key(index)
        if let names = ofTwoWords[key] {
            let (second, isHyphenated) = (transcript.key(index + 2), transcript.isHyphen(index + 1))
            if isHyphenated || transcript.text.isSpace(index + 1),
                let name = names.first(where: { $0.second == second && $0.isHyphenated == isHyphenated })
            {
                return SpokenUnit(symbol: name.symbol, end: index + 3)
            }
        }
        return ofOneWord[key].map { SpokenUnit(symbol: $0, end: index + 1) }
    }

    /// Names that are nothing else behind a number; "livres" may be books, "pieds" feet of a table, "bars" places.
    private static let certain = """
        km m dm cm mm ha kg g mg L hl dl cl ml min s ms W kW MW GW Wh kWh MWh kWc VA kVA V kV mV A mA Ah mAh Ω Hz kHz MHz GHz dB lm Pa hPa \
        kPa mbar J kJ kcal ko Mo Go To kbit Mbit Gbit Mpx t
        """

    static let french: SpokenUnits = {
        var found = table { $0.french }
        for (name, symbol) in [
            ("kilo", "kg"), ("kilos", "kg"), ("kilowatt-heure", "kWh"), ("kilowatts-heure", "kWh"),
            ("kilowatt heure", "kWh"), ("kilowatts heure", "kWh"), ("kilowatt-heures", "kWh"),
            ("kilowatts-heures", "kWh"), ("kilowatts heures", "kWh"), ("watts-heure", "Wh"), ("watt-heures", "Wh"),
            ("kilometres-heure", "km/h"), ("kilometres heure", "km/h"), ("kilometre heure", "km/h"),
            ("kilometres-heures", "km/h"), ("kilometre-heure", "km/h"),
        ] { found[name] = symbol }
        return SpokenUnits(found)
    }()

    /// English keeps the names of what is short enough to say: seconds, minutes, tonnes.
    static let english: SpokenUnits = {
        var found = table { $0.english }.filter { !["min", "s", "ms", "t", "Pa", "J", "A", "V"].contains($0.value) }
        for (name, symbol) in found where name.contains("metre") || name.contains("litre") {
            found[name.replacing("metre", with: "meter").replacing("litre", with: "liter")] = symbol
        }
        for (name, symbol) in [
            ("kilo", "kg"), ("kilos", "kg"), ("kilowatt hour", "kWh"), ("kilowatt hours", "kWh"), ("kilobyte", "kB"),
            ("kilobytes", "kB"), ("megabyte", "MB"), ("megabytes", "MB"), ("gigabyte", "GB"), ("gigabytes", "GB"),
            ("terabyte", "TB"), ("terabytes", "TB"),
        ] { found[name] = symbol }
        return SpokenUnits(found)
    }()

    private static func table(_ names: (Unit) -> UnitName) -> [String: String] {
        var found: [String: String] = [:]
        for symbol in certain.split(separator: " ").map(String.init) {
            guard let unit = Unit.symbols[symbol] else { continue }
            found[names(unit).singular] = symbol
            found[names(unit).plural] = symbol
        }
        return found
    }
}

/// A unit as it is said behind a number.
struct SpokenUnit {
    var symbol: String
    var end: Int
    var isMoney = false
}
