import Testing
@testable import SpokenText

/// Sentences of a household and how a person reads them.
enum Household {
    struct Row {
        var category: String
        var locale: SpokenLocale
        var written: String
        var spoken: String
    }

    /// Lines "written → spoken" below lines "# category"; a category may name its locale behind a comma.
    static func rows() throws -> [Row] {
        var (category, locale) = ("", SpokenLocale.france)
        return try Fixtures.text("household.txt").split(separator: "\n").compactMap { line in
            if line.hasPrefix("# ") {
                let fields = line.dropFirst(2).split(separator: ",")
                category = String(fields[0])
                locale = fields.count > 1 ? SpokenLocale(String(fields[1].drop { $0 == " " })) ?? .france : .france
                return nil
            }
            let halves = line.split(separator: " → ", maxSplits: 1)
            guard halves.count == 2 else {
                Issue.record("\(line) has no reading.")
                return nil
            }
            return Row(category: category, locale: locale, written: String(halves[0]), spoken: String(halves[1]))
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct HouseholdTests {
    @Test func sentencesAreReadAsAPersonReadsThem() throws {
        let rows = try Household.rows()
        #expect(rows.count >= 500)
        for row in rows {
            let spoken = SpokenText(row.written, locale: row.locale).text
            #expect(spoken == row.spoken, "\(row.category): \(row.written)")
        }
    }
}
