import Testing
@testable import SpokenText

@Suite(.timeLimit(.minutes(5))) struct SentenceSplitterTests {
    @Test(arguments: [
        ["Bonjour. ", "Ça va ?"], ["M. Dupont arrive. ", "Il est 18h30."], ["Il vaut 3.14 euros. ", "Bien."],
        ["Attends… ", "Oui !"],
        ["Attends… oui."], ["« Oui ! » dit-il. ", "Puis il part."], ["Il dit « Non. » ", "Puis il part."],
        ["J. Martin et le Dr. House."],
        ["12 av. Foch. ", "Merci."], ["Voir p. 12. ", "Fin."], ["Lait\n", "Pain\n", "Sel"],
        ["1. Lait et pain. ", "Sel."], ["Quoi ?! ", "Non."],
        ["Des pommes, etc. ", "Puis rien."], ["(Il pleut. Il neige.) ", "Fin."], ["Elle aime la mer. ", "Moi aussi."],
        ["Oui"], [],
        ["<think>a. B.</think>", "Oui."], ["Réunion sam. 5 mars. ", "Bien."],
    ])
    func sentencesEndWhereTheyDo(_ sentences: [String]) {
        let text = sentences.joined()
        let scalars = Array(text.unicodeScalars)
        let found = SentenceSplitter.sentences(of: text, locale: .france).map {
            String(String.UnicodeScalarView(scalars[$0]))
        }
        #expect(found == sentences)
    }

    @Test func aStreamGivesASentenceAsSoonAsTheNextOneBegins() {
        var stream = SpokenTextStream(locale: .france)
        #expect(stream.append("Il est 18").isEmpty && stream.append("h30. ").isEmpty)
        #expect(stream.append("E").map(\.text) == ["Il est dix-huit heures trente. "])
        #expect(stream.append("t M. Du").isEmpty && stream.append("pont ?\n").map(\.text) == ["Et monsieur Dupont ?\n"])
        #expect(stream.append("<thi").isEmpty && stream.append("nk>Hum. Ha.\n").isEmpty)
        #expect(stream.append("</think>Oui").map(\.text) == [""] && stream.finish().map(\.text) == ["Oui"])
    }
}
