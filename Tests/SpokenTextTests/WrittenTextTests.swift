import Testing
@testable import SpokenText

@Suite(.timeLimit(.minutes(5))) struct WrittenTextTests {
    @Test func transcriptsAreWrittenAsAPersonWritesThem() throws {
        let rows = try Fixtures.transcripts()
        #expect(rows.count { $0.locale != .english } >= 200 && rows.count { $0.locale == .english } >= 80)
        for row in rows {
            let written = WrittenText(row.from, locale: row.locale).text
            #expect(written == row.to, "\(row.category): \(row.from)")
        }
    }

    @Test func spansTellWhichWordsBecameWhat() {
        let written = WrittenText("Il est dix-huit heures trente, dit-il.", locale: .france)
        #expect(written.text == "Il est 18\u{A0}h\u{A0}30, dit-il." && written.isChanged)
        #expect(written.changes == [SpokenText.Span(from: 7..<29, to: 7..<14)])
        #expect(written.spans.map(\.from) == [0..<7, 7..<29, 29..<38])
        #expect(written.spans.map(\.to) == [0..<7, 7..<14, 14..<23])
    }

    @Test(arguments: [("e\u{301}", "\u{2019}", " "), ("é", "'", "\u{A0}"), ("É", "\u{2019}", "\u{202F}")])
    func accentsApostrophesAndSpacesMayBeOfAnyKind(accent: String, apostrophe: String, space: String) {
        let said = "Jusqu\(apostrophe)à vingt et un degr\(accent)s".replacing(" ", with: space)
        let written = "Jusqu\(apostrophe)à\(space)21\u{A0}°C"
        #expect(WrittenText(said, locale: .france).text == written)
        let clock = WrittenText("at six o\(apostrophe)clock".replacing(" ", with: space), locale: .english)
        #expect(clock.text == "at 6 o'clock".replacing("at ", with: "at" + space))
    }

    @Test func aLanguageWithoutRulesStaysAsItIs() {
        let written = WrittenText("einundzwanzig Grad, vingt et un degrés", locale: nil)
        #expect(written.text == "einundzwanzig Grad, vingt et un degrés" && !written.isChanged)
        #expect(written.spans == [SpokenText.Span(from: 0..<38, to: 0..<38)])
        #expect(WrittenText("", locale: .france).spans.isEmpty)
    }
}
