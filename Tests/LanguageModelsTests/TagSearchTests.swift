import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(1)))
struct TagSearchTests {
    private func expect(_ text: String, _ thinking: String?, answer: String, isAlone: Bool) {
        let split = TagSearch.split(text)
        #expect(split?.thinking == thinking)
        #expect(split == nil || split?.answer == answer)
        var search = TagSearch()
        for character in text { search.consume(String(character).utf8) }
        search.finish()
        #expect((search.closing == nil) == (thinking == nil))
        #expect(search.isAlone == isAlone)
    }

    @Test(arguments: [
        ("Hm.\n</think>\n\nOui.", "Hm.", "Oui."), ("Hm.\n  </think>  \nOui.", "Hm.", "Oui."),
        ("Un `a` et\n```\nb\n```\nHm\n[/THINK]\nOui", "Un `a` et\n```\nb\n```\nHm", "Oui"),
        ("Hm.\r\n</think>\r\nOui.", "Hm.", "Oui."), ("Un ` seul.\n</think>\n\n.", "Un ` seul.", "."),
        ("Un <think> cité.\n</think>\nOui", "Un <think> cité.", "Oui"),
    ])
    func aClosingTagOnALineOfItsOwnEndsAThought(text: String, thinking: String, answer: String) {
        expect(text, thinking, answer: answer, isAlone: true)
    }

    @Test(arguments: [
        ("Hm.</THINKING>Oui.", "Hm.", "Oui."), ("Hm [/THINK]Oui", "Hm", "Oui"),
        ("Écris : a.</think>b", "Écris : a.", "b"),
        ("Hm.</think>\n\nOui.", "Hm.", "Oui."), ("Hm. </think>\nOui.", "Hm.", "Oui."),
        ("Hm.</think> Oui.", "Hm.", "Oui."), ("Hm.</think>**Oui.**", "Hm.", "**Oui.**"),
        ("Hm.</think>{\"a\":1}", "Hm.", "{\"a\":1}"), (" \n</think>Oui", "", "Oui"), ("嗯。</think>好", "嗯。", "好"),
        ("Hm.</think >Oui.", "Hm.", "Oui."),
    ])
    func aClosingTagBehindASentenceEndsAThoughtAndTeachesNothing(text: String, thinking: String, answer: String) {
        expect(text, thinking, answer: answer, isAlone: false)
    }

    @Test(arguments: [
        "La balise `</think>` ferme.", "```html\n</think>\n```\n", "~~~\n</think>\n~~~\n",
        "    <a>\n    </think>\nb",
        "\t</think>\nb", #"Write "</think>" then."#, "D'abord <think>, puis </think>.", "Un <think>a</think>b",
        "La balise « </think> » ferme.", "La balise «\u{A0}</think>\u{A0}» ferme.", "La balise “</think>” ferme.",
        "La balise „</think>“ ferme.", "La balise ‹ </think> › ferme.", "标签「</think>」结束", "Une ‘</think>’, oui.",
        "La balise </think> ferme.", "Avec **</think>** toujours.", "Avec _</think>_ toujours.",
        "Elle se ferme par </think>\nVoilà.", "Elle se ferme par </think>.", "La balise (</think>) ferme.",
        "- </think>\n- <think>", "1. </think>\n2. a", "> </think>\na", "| </think> | ferme |",
        "La balise : </think>",
        "Deux.\n</think> ferme.", "Deux.\n</think>, oui.", "<code></think></code>",
        "Voici :\n<think>\na\n</think>\nb", "Écris :\n</think>\nVoilà.", "**Écris :**\n\n</think>\n\nVoilà.",
        "写：\n</think>\n好", "Écris :\n</think>Voilà.",
        // The answer does not go on.
        "Hm.</think>", "Un ` seul.\n</think>", "Hm.\n</think>\n \n",
        "Oui.", "", "</thin",
    ])
    func aMentionedTagIsAWord(_ text: String) { expect(text, nil, answer: "", isAlone: false) }

    @Test(arguments: ["`", " </think> ", "</think ", "<", "« "])
    func manyTagsTakeTimeInProportionToTheirLength(_ unit: String) {
        let text = "a" + String(repeating: unit, count: 1 << 15)
        #expect(TagSearch.split(text) == nil)
    }
}
