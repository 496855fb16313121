import Testing
@testable import SpokenText

/// What a model writes that nobody should hear: thoughts, comments, scripts, styles.
@Suite(.timeLimit(.minutes(5))) struct HiddenPartTests {
    @Test(arguments: [
        ("Bon. Voyons.</think>Il est 8h.", "Il est huit heures."), ("</think>\n\nOui.", "Oui."),
        ("a</THINK> Oui.", "Oui."), ("<think>a</think>Oui.</think> Non.", "Oui. Non."),
        // Code is what is spoken about.
        ("La balise `</think>` ferme.", "La balise ferme."),
        ("Avant <!-- un. Deux --> après.", "Avant après."), ("<!-- a\nb -->\nOui.", "\nOui."),
        ("<script type=\"a\">if (a < b) { c(); }</script>Oui.", "Oui."), ("<STYLE>b { d: e }</STYLE>Oui.", "Oui."),
        // Without an end, it is text.
        ("Écris <!-- pour commenter. Voilà.", "Écris <!-- pour commenter. Voilà."),
        ("La balise <script> est vide.", "La balise <script> est vide."),
        ("<scripts>Oui</script>", "<scripts>Oui</script>"),
        ("Écris `<!--` puis `-->`.", "Écris <!-- puis -->."),
    ])
    func hiddenPartsAreNotSaid(_ text: String, _ spoken: String) {
        #expect(SpokenText(text, locale: .france).text == spoken)
    }

    @Test func aStreamThatBeginsInAThoughtSaysTheAnswerOnly() {
        var stream = SpokenTextStream(locale: .france, beginsInThought: true)
        #expect(stream.append("Bon. Voyons. ").isEmpty && stream.append("Oui ?</thi").isEmpty)
        #expect(stream.append("nk>\n\nIl est 8h. E").map(\.text) == ["", "Il est huit heures. "])
        #expect(stream.finish().map(\.text) == ["E"])
    }

    /// Nobody told it: what it has said stays said, and the mark itself is not.
    @Test func aStreamCannotTakeBackAThought() {
        var stream = SpokenTextStream(locale: .france)
        #expect(stream.append("Bon. Voyons").map(\.text) == ["Bon. "])
        var rest = stream.append("</think>Oui.")
        rest += stream.finish()
        #expect(SpokenText(joining: rest).text == "VoyonsOui.")
    }

    @Test func aStreamWaitsForTheEndOfWhatIsHidden() {
        var stream = SpokenTextStream(locale: .france)
        #expect(stream.append("Oui <!-- a. B. ").isEmpty && stream.append("C --").isEmpty)
        #expect(stream.append("> non. E").map(\.text) == ["Oui non. "])
    }

    /// What never ends holds a stream up for so long only.
    @Test func whatNeverEndsIsText() {
        var stream = SpokenTextStream(locale: .france)
        #expect(stream.append("<!-- a. B. ").isEmpty)
        let said = stream.append(String(repeating: "Oui. ", count: 3000))
        #expect(said.first?.text.hasPrefix("<!-- a. ") == true)
    }

    @Test(arguments: [
        ("Paris → Lyon", "Paris , Lyon"), ("Paris→Lyon", "Paris, Lyon"), ("Menu -> Réglages", "Menu , Réglages"),
        ("a => b", "a , b"), ("x->y", "x->y"),
    ])
    func anArrowIsAPause(_ text: String, _ spoken: String) {
        #expect(SpokenText(text, locale: .france).text == spoken)
    }
}
