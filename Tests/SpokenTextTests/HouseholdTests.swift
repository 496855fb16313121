import Testing
@testable import SpokenText

@Suite(.timeLimit(.minutes(5))) struct HouseholdTests {
    @Test func sentencesAreReadAsAPersonReadsThem() throws {
        let rows = try Fixtures.household()
        #expect(rows.count >= 500)
        for row in rows {
            let spoken = SpokenText(row.from, locale: row.locale).text
            #expect(spoken == row.to, "\(row.category): \(row.from)")
        }
    }
}
