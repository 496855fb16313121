import Testing

@testable import SpokenText

@Suite struct WordTableTests {
    private let table: WordTable<Int> = ["de": 1, "été": 2, "kilogrammes": 3, "semaines": 4]

    @Test func findsWordsHoweverTheirLettersAreComposed() {
        let text = TokenizedText(Array("de été e\u{301}te\u{301} kilogrammes semaines da semaine De".unicodeScalars))
        let found = stride(from: 0, to: text.count, by: 2).map { text.entry($0, in: table) }
        #expect(found == [1, 2, 2, 3, 4, nil, nil, nil])
    }

    @Test func findsWordsInAnyCase() {
        let text = TokenizedText(Array("DE ÉTÉ E\u{301}te\u{301} KiloGrammes sEMAINES Da".unicodeScalars))
        let found = stride(from: 0, to: text.count, by: 2).map { text.entry($0, inAnyCase: table) }
        #expect(found == [1, 2, 2, 3, 4, nil])
    }

    @Test func tellsTheSharpSFromLettersThatDifferLikeCapitals() {
        let table: WordTable<Int> = ["groÿ": 1, "groß": 2, "ÿ": 3]
        let text = TokenizedText(Array("groß GROß groÿ GROŸ Ÿ ß".unicodeScalars))
        let found = stride(from: 0, to: text.count, by: 2).map { text.entry($0, inAnyCase: table) }
        #expect(found == [2, 2, 1, 1, 3, nil])
    }

    @Test func tellsLongWordsAndLettersBeyondLatin1() {
        let table: WordTable<Int> = ["cœur": 1, "réfrigérateur": 2, "ᵉʳ": 3, "électricité": 4]
        let text = TokenizedText(Array("cœur Réfrigérateur ᵉʳ e\u{301}lectricité coeur électricités".unicodeScalars))
        let places = stride(from: 0, to: text.count, by: 2)
        #expect(places.map { text.entry($0, in: table) } == [1, nil, 3, 4, nil, nil])
        #expect(places.map { text.entry($0, inAnyCase: table) } == [1, 2, 3, 4, nil, nil])
        #expect(
            text.isWord(0, "cœur") && text.isWord(2, inAnyCase: "été", "réfrigérateur") && text.isWord(6, "électricité")
        )
    }

    @Test func holdsAllOfManyWords() {
        let words = (0..<500).map { "mot" + String($0).utf8.map { String(UnicodeScalar($0 + 0x31)) }.joined() }
        let table = WordTable(Dictionary(words.map { ($0, $0) }) { first, _ in first })
        #expect(words.allSatisfy { table[$0] == $0 })
        #expect(table["mot"] == nil && table[""] == nil)
    }

    @Test(arguments: ["", "abc", "é€𝄞\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}z"])
    func textsAreDecodedAsTheirScalars(_ text: String) {
        #expect([Unicode.Scalar](decoding: text) == Array(text.unicodeScalars))
        let tokens = TokenizedText(Array(text.unicodeScalars))
        #expect(tokens.string(tokens: 0..<tokens.count) == text)
    }
}
