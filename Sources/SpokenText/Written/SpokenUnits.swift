/// Units as they are said, and their symbols.
enum SpokenUnits {
    /// Names that are nothing else behind a number; "livres" may be books, "pieds" feet of a table, "bars" places.
    private static let certain = """
        km m dm cm mm ha kg g mg L hl dl cl ml min s ms W kW MW GW Wh kWh MWh kWc VA kVA V kV mV A mA Ah mAh Ω Hz kHz MHz GHz dB lm Pa hPa \
        kPa mbar J kJ kcal ko Mo Go To kbit Mbit Gbit Mpx t
        """

    /// Without accents and capitals.
    static let french: [String: String] = {
        var found = table { $0.french }
        for (name, symbol) in [
            ("kilo", "kg"), ("kilos", "kg"), ("kilowatt-heure", "kWh"), ("kilowatts-heure", "kWh"),
            ("kilowatt heure", "kWh"), ("kilowatts heure", "kWh"), ("kilowatt-heures", "kWh"),
            ("kilowatts-heures", "kWh"), ("kilowatts heures", "kWh"), ("watts-heure", "Wh"), ("watt-heures", "Wh"),
            ("kilometres-heure", "km/h"), ("kilometres heure", "km/h"), ("kilometre heure", "km/h"),
            ("kilometres-heures", "km/h"), ("kilometre-heure", "km/h"),
        ] { found[name] = symbol }
        return found
    }()

    /// English keeps the names of what is short enough to say: seconds, minutes, tonnes.
    static let english: [String: String] = {
        var found = table { $0.english }.filter { !["min", "s", "ms", "t", "Pa", "J", "A", "V"].contains($0.value) }
        for (name, symbol) in found where name.contains("metre") || name.contains("litre") {
            found[name.replacing("metre", with: "meter").replacing("litre", with: "liter")] = symbol
        }
        for (name, symbol) in [
            ("kilo", "kg"), ("kilos", "kg"), ("kilowatt hour", "kWh"), ("kilowatt hours", "kWh"), ("kilobyte", "kB"),
            ("kilobytes", "kB"), ("megabyte", "MB"), ("megabytes", "MB"), ("gigabyte", "GB"), ("gigabytes", "GB"),
            ("terabyte", "TB"), ("terabytes", "TB"),
        ] { found[name] = symbol }
        return found
    }()

    private static func table(_ names: (Unit) -> UnitName) -> [String: String] {
        var found: [String: String] = [:]
        for symbol in certain.split(separator: " ").map(String.init) {
            guard let unit = Unit.symbols[symbol] else { continue }
            found[folded(names(unit).singular)] = symbol
            found[folded(names(unit).plural)] = symbol
        }
        return found
    }

    /// Without accents and capitals.
    static func folded(_ word: String) -> String {
        var result = ""
        for scalar in word.lowercased().unicodeScalars {
            switch scalar {
            case "à", "â": result += "a"
            case "ç": result += "c"
            case "é", "è", "ê": result += "e"
            case "î", "ï": result += "i"
            case "ô": result += "o"
            case "û", "ù": result += "u"
            case "\u{300}"..."\u{36F}": break
            case "‑": result += "-"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A unit as it is said behind a number.
struct SpokenUnit {
    var symbol: String
    var end: Int
}

extension Transcript {
    /// The longest name that stands at a token, of up to two words.
    func unit(at index: Int, in table: [String: String]) -> SpokenUnit? {
        guard text.isWord(index), text.length(index) <= 24 else { return nil }
        let first = SpokenUnits.folded(text.string(index))
        if text.isWord(index + 2), text.length(index + 2) <= 24, text.isSpace(index + 1) || isHyphen(index + 1) {
            let second = SpokenUnits.folded(text.string(index + 2))
            if let symbol = table[first + (text.isSpace(index + 1) ? " " : "-") + second] {
                return SpokenUnit(symbol: symbol, end: index + 3)
            }
        }
        return table[first].map { SpokenUnit(symbol: $0, end: index + 1) }
    }
}
