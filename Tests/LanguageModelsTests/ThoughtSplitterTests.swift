import Testing

@testable import LanguageModels

@Suite("Thoughts and answers", .timeLimit(.minutes(1)))
struct ThoughtSplitterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var thinking: String
        var answer: String
        var beginning = ThoughtSplitter.Beginning.answer
        var isCutOff = false
        var testDescription: String { text }

        init(
            _ text: String, _ thinking: String, _ answer: String, _ beginning: ThoughtSplitter.Beginning = .answer,
            isCutOff: Bool = false
        ) {
            (self.text, self.thinking, self.answer) = (text, thinking, answer)
            (self.beginning, self.isCutOff) = (beginning, isCutOff)
        }
    }

    static let spelled = ThoughtTags.plain.flatMap { tags in
        let (opening, closing) = (text(tags.opening), text(tags.closings[0]))
        return [
            Case("\(opening)Hé, 🙂.\(closing)Oui.", "Hé, 🙂.", "Oui."),
            Case("\n\(opening)\n\nHm.\n\n\(closing)\n\nOui.\n", "Hm.", "Oui.\n"),
            Case("\(opening.uppercased())Hm.\(closing.lowercased()) Oui.", "Hm.", "Oui."),
            Case("\(opening)\n\n\(closing)\n\nOui.", "", "Oui."),
            Case("\(opening)a\(closing)\n\(opening)b\(closing)Oui.", "ab", "Oui."),
            Case("\(opening)a < b </ \(opening)c\(closing)Oui.", "a < b </ \(opening)c", "Oui."),
            Case("\(opening)Hm, e", "Hm, e", "", isCutOff: true),
            Case("\(opening)Hm. \(closing.dropLast())", "Hm. \(closing.dropLast())", "", isCutOff: true),
            Case("Hm.\n\(closing)\n\nOui.", "Hm.", "Oui.", .thought),
            Case(
                "Hm.\(closing)Un \(opening)deux\(closing) trois", "Hm.", "Un \(opening)deux\(closing) trois", .thought),
            Case("\(closing)\nOui.", "", "Oui."),
            Case("\n\n\(closing)\nOui.", "", "Oui.", .thought),
            Case("Les balises \(opening) et \(closing) sont là.", "", "Les balises \(opening) et \(closing) sont là."),
            Case("```\n\(opening)a\(closing)\n```", "", "```\n\(opening)a\(closing)\n```"),
        ]
    }

    static let cases: [Case] =
        spelled + [
            Case("Oui.", "", "Oui."), Case("", "", ""), Case(" \n Oui.", "", " \n Oui."), Case("  ", "", "  "),
            Case("<", "", "<"), Case("<thin", "", "<thin"), Case("<b>Oui</b>", "", "<b>Oui</b>"),
            Case("<think", "", "<think"), Case("<thinker>a</thinker>", "", "<thinker>a</thinker>"),
            Case(#"{"a":"</think>"}"#, "", #"{"a":"</think>"}"#),
            // What is held comes out, as thought or answer.
            Case(" Oui, tout de suite.", "", " Oui, tout de suite.", .thought),
            Case("Hm, et", "Hm, et", "", .thought, isCutOff: true),
            Case("<think>a</thinking>b</think>c", "a</thinking>b", "c"),
            Case("<think>a</think>Oui.", "a", "Oui.", .thought),
            // The channels of gpt-oss.
            Case(
                "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Oui.", "Hm.",
                "Oui."),
            Case("<|start|>assistant<|channel|>analysis<|message|>Hm.<|channel|>final<|message|>Oui.", "Hm.", "Oui."),
            Case("<|channel|>final<|message|>Oui.", "", "Oui."),
            Case("<think>e\u{301}</think>\u{301}e", "e\u{301}", "\u{301}e"),
            Case(
                "<think>\(String(repeating: " ", count: 200))a\(String(repeating: "\n", count: 200))b</think>c",
                "a\(String(repeating: "\n", count: 200))b", "c"),
        ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func split(_ pieces: [String], _ wanted: Case) -> (thinking: [UInt8], answer: [UInt8]) {
        var splitter = ThoughtSplitter(beginning: wanted.beginning)
        let parts = pieces.flatMap { splitter.consume($0) } + splitter.finish(isCutOff: wanted.isCutOff)
        return parts.reduce(into: ([], [])) { result, part in
            switch part {
            case .thinking(let text): result.0 += text.utf8
            case .answer(let text): result.1 += text.utf8
            }
        }
    }

    @Test("are told apart, wherever the pieces are cut", arguments: cases)
    func cuts(_ wanted: Case) {
        let scalars = Array(wanted.text.unicodeScalars)
        func string(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
        var cuttings = [[wanted.text], scalars.map { String($0) }]
        for cut in scalars.indices { cuttings.append([string(0..<cut), string(cut..<scalars.count)]) }
        for width in 2...5 {
            cuttings.append(
                stride(from: 0, to: scalars.count, by: width).map { string($0..<min($0 + width, scalars.count)) })
        }
        for pieces in cuttings {
            let (thinking, answer) = split(pieces, wanted)
            #expect(thinking == Array(wanted.thinking.utf8), "\(pieces)")
            #expect(answer == Array(wanted.answer.utf8), "\(pieces)")
        }
    }

    @Test("An answer without thoughts is passed on at once, as it came")
    func atOnce() {
        for text in ["Oui", " Oui", "Hm", "**Oui**", "{", "[1", "<b", "Here", "é"] {
            var splitter = ThoughtSplitter()
            #expect(splitter.consume(text) == [.answer(text)])
            #expect(splitter.consume(" <think>a</think>") == [.answer(" <think>a</think>")])
        }
    }

    @Test("A thought is passed on as it comes")
    func thoughtsAtOnce() {
        var splitter = ThoughtSplitter()
        #expect(splitter.consume("<think>\nHm") == [.thinking("Hm")])
        #expect(splitter.consume(", et") == [.thinking(", et")])
        #expect(splitter.consume(" <") == [])
        #expect(splitter.consume("b") == [.thinking(" <b")])
        #expect(splitter.consume("</think>Oui") == [.answer("Oui")])
        #expect(splitter.heldTextWas == nil)
    }

    @Test("What was held is told, so that the next answer need not be")
    func memory() {
        for (text, was) in [("Hm.</think>Oui", ThoughtSplitter.Beginning.thought), ("Oui", .answer)] {
            var splitter = ThoughtSplitter(beginning: .thought)
            _ = splitter.consume(text)
            _ = splitter.finish(isCutOff: false)
            #expect(splitter.heldTextWas == was)
        }
    }

    @Test("No more than a bound is held")
    func bound() {
        var splitter = ThoughtSplitter(beginning: .thought)
        let piece = String(repeating: "abc ", count: 1 << 10)
        var bytes = 0
        for _ in 0..<100 {
            for case .thinking(let text) in splitter.consume(piece) { bytes += text.utf8.count }
        }
        #expect(bytes > 100 * piece.utf8.count - 100)
        #expect(splitter.consume("</think>Oui") == [.answer("Oui")])
    }

    @Test(
        "A closing tag alone is found in a whole answer, unless the answer is about tags",
        arguments: [
            ("Hm.\n</think>\n\nOui.", "Hm.", "Oui."), ("Hm.</THINKING>Oui.", "Hm.", "Oui."),
            ("Un `a` et\n```\nb\n```\nHm [/THINK]Oui", "Un `a` et\n```\nb\n```\nHm", "Oui"),
            (" \n</think>Oui", "", "Oui"), ("Hm.</think>", "Hm.", ""),
            ("La balise `</think>` ferme.", nil, ""), ("```html\n</think>\n```\n", nil, ""),
            ("~~~\n</think>\n~~~\n", nil, ""), (#"Write "</think>" then."#, nil, ""),
            ("D'abord <think>, puis </think>.", nil, ""), ("Oui.", nil, ""), ("", nil, ""), ("</thin", nil, ""),
        ] as [(String, String?, String)])
    func loneTags(_ text: String, _ thinking: String?, _ answer: String) {
        let split = LoneClosingTag.split(text)
        #expect(split?.thinking == thinking)
        #expect(split == nil || split?.answer == answer)
        var search = LoneClosingTag()
        for character in text { search.consume(String(character)) }
        search.finish()
        #expect((search.found == nil) == (thinking == nil))
    }
}
