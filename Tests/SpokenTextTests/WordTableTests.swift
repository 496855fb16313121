import Testing

@testable import SpokenText

@Suite(.timeLimit(.minutes(5))) struct WordTableTests {
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
            text.isWord(0, "cœur") && text.isWord(2, inAnyCase: "été réfrigérateur") && text.isWord(6, "électricité")
        )
    }

    @Test func tellsOneOfSomeWords() {
        let text = TokenizedText(Array("Du d dus e\u{301}te\u{301} kilogrammes ÉTÉ".unicodeScalars))
        #expect(text.isWord(0, inAnyCase: "de du des") && !text.isWord(0, "de du des"))
        #expect(text.isWord(2, "de d du") && !text.isWord(2, "de du") && !text.isWord(4, "de d du"))
        #expect(text.isWord(6, "an été") && text.isWord(10, inAnyCase: "an été") && !text.isWord(10, "an été"))
        #expect(text.isWord(8, "grammes kilogrammes") && !text.isWord(8, "kilo grammes") && !text.isWord(1, "du d"))
    }

    @Test func tellsShortWordsAndSingleMarks() {
        let text = TokenizedText(Array("A à a\u{300} km KM min € ² → !".unicodeScalars))
        #expect(text.isWord(0, "A") && !text.isWord(0, "a") && text.isWord(0, inAnyCase: "a"))
        #expect(text.isWord(2, "à") && text.isWord(4, "à") && !text.isWord(2, "a") && text.isWord(0, "B A"))
        #expect(text.isWord(6, "km") && !text.isWord(8, "km") && text.isWord(8, inAnyCase: "km"))
        #expect(text.isWord(10, "min") && !text.isWord(10, "m n") && !text.isWord(0, "kAm") && text.isWord(0, "A a"))
        #expect(text.isMark(12, "€") && text.isMark(14, "²") && text.isMark(16, "→") && text.isMark(18, "!"))
        #expect(!text.isMark(12, "²") && !text.isMark(14, "€") && !text.isMark(16, "!") && !text.isMark(18, "→"))
        #expect(text.isMark(12, "$€") && text.isMark(16, "⇒→") && !text.isMark(14, "³¹"))
    }

    @Test func figuresKeepTheZerosInFront() {
        let figures = Figures(value: 60_123, count: 7)
        #expect(figures.zerosInFront == 2 && Figures(value: 0, count: 3).zerosInFront == 3)
        #expect(figures.pairs.map(\.value) == [0, 6, 1, 23] && figures.pairs.map(\.count) == [1, 2, 2, 2])
        let text = TokenizedText(Array("0060123 12345678901234567".unicodeScalars))
        #expect(text.pairs(0).map(\.value) == [0, 6, 1, 23] && text.pairs(2).map(\.value).prefix(3) == [1, 23, 45])
        #expect(text.figures(0)?.count == 7 && text.figures(2) == nil)
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
