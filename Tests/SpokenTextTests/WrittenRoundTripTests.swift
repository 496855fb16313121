import Testing
@testable import SpokenText

/// What is written, said, and written again is as it was.
@Suite(.timeLimit(.minutes(10))) struct WrittenRoundTripTests {
    private static let french: [SpokenLocale] = [.france, .belgium, .switzerland]
    private static let space = "\u{A0}"

    private func expectReturn(of written: String, _ locale: SpokenLocale) {
        let said = SpokenText(written, locale: locale).text
        let again = WrittenText(said, locale: locale).text
        #expect(again == written, "\(locale.rawValue): \(said)")
    }

    private static func frenchFigures(_ value: Int) -> String {
        value < 1000 ? String(value) : "\(value / 1000)\(space)" + String(String(1000 + value % 1000).dropFirst())
    }

    private static func englishFigures(_ value: Int) -> String {
        value < 1000 ? String(value) : "\(value / 1000)," + String(String(1000 + value % 1000).dropFirst())
    }

    @Test(arguments: french) func numbersWithUnits(_ locale: SpokenLocale) {
        for value in 0...9999 {
            let figures = Self.frenchFigures(value)
            // "une heure" and "une minute" stay words.
            for unit in ["°C", "€", "%"] + (value == 1 ? [] : ["min"]) {
                expectReturn(of: figures + Self.space + unit, locale)
            }
            if value != 1, value < 100 { expectReturn(of: figures + Self.space + "h", locale) }
        }
    }

    @Test(arguments: french) func hoursOfTheDay(_ locale: SpokenLocale) {
        for hour in 0..<24 {
            for minute in 1..<60 {
                let minutes = (minute < 10 ? "0" : "") + String(minute)
                expectReturn(of: "À \(hour)\(Self.space)h\(Self.space)\(minutes).", locale)
            }
            if hour != 1 { expectReturn(of: "À \(hour)\(Self.space)h.", locale) }
        }
    }

    @Test(arguments: french) func amountsWithCents(_ locale: SpokenLocale) {
        for euros in [1, 2, 9, 10, 12, 21, 80, 99, 100, 200, 999] {
            for cents in 1..<100 {
                expectReturn(of: "\(euros),\(cents < 10 ? "0" : "")\(cents)\(Self.space)€", locale)
            }
        }
    }

    @Test(arguments: french) func days(_ locale: SpokenLocale) {
        let months = [
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
            "décembre",
        ]
        for (index, month) in months.enumerated() {
            for day in 1...28 {
                expectReturn(of: "Le \(day == 1 ? "1er" : String(day)) \(month) \(1900 + index * 11 + day).", locale)
            }
        }
    }

    @Test func years() {
        for year in 1001..<2100 { expectReturn(of: "En \(year).", .france) }
        for year in 1600..<2100 where year % 100 != 0 { expectReturn(of: "in \(year)", .english) }
    }

    @Test(arguments: french) func telephones(_ locale: SpokenLocale) {
        // Each pair in each place.
        for pair in 0..<100 {
            let text = (pair < 10 ? "0" : "") + String(pair)
            for place in 0..<4 {
                var groups = ["06", "12", "34", "56", "78"]
                groups[place + 1] = text
                expectReturn(of: groups.joined(separator: Self.space), locale)
            }
        }
    }

    @Test func englishNumbersWithUnits() {
        for value in 0...9999 {
            let figures = Self.englishFigures(value)
            for text in ["\(figures)%", "\(figures)°C", "$\(figures)"] { expectReturn(of: text, .english) }
        }
        for dollars in [1, 2, 12, 99, 100] {
            for cents in 1..<100 { expectReturn(of: "$\(dollars).\(cents < 10 ? "0" : "")\(cents)", .english) }
        }
    }

    @Test func decimals() {
        for value in 1..<1000 where value % 10 != 0 {
            let figures = String(String(1000 + value).dropFirst())
            expectReturn(of: "3,\(figures)", .france)
            expectReturn(of: "3.\(figures)", .english)
        }
    }
}
