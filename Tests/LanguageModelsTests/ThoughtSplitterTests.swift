import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(5)))
struct ThoughtSplitterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var thinking: String
        var answer: String
        var beginning = ThoughtSplitter.Beginning.answer
        var isCutOff = false
        var mayThink = true
        var testDescription: String { text }

        init(
            _ text: String, _ thinking: String, answer: String, beginning: ThoughtSplitter.Beginning = .answer,
            isCutOff: Bool = false, mayThink: Bool = true
        ) {
            (self.text, self.thinking, self.answer) = (text, thinking, answer)
            (self.beginning, self.isCutOff, self.mayThink) = (beginning, isCutOff, mayThink)
        }
    }

    static let spelled = ThoughtTags.all.flatMap { tags in
        let (opening, closing) = (text(tags.opening), text(tags.closings[0]))
        return [
            Case("\(opening)Hé, 🙂.\(closing)Oui.", "Hé, 🙂.", answer: "Oui."),
            Case("\n\(opening)\n\nHm.\n\n\(closing)\n\nOui.\n", "Hm.", answer: "Oui.\n"),
            Case("\(opening.uppercased())Hm.\(closing.lowercased()) Oui.", "Hm.", answer: "Oui."),
            Case("\(opening)\n\n\(closing)\n\nOui.", "", answer: "Oui."),
            Case("\(opening)a\(closing)\n\(opening)b\(closing)Oui.", "ab", answer: "Oui."),
            Case("\(opening)a < b </ \(opening)c\(closing)Oui.", "a < b </ \(opening)c", answer: "Oui."),
            Case("\(opening)Hm, e", "Hm, e", answer: "", isCutOff: true),
            Case("\(opening)Hm. \(closing.dropLast())", "Hm. \(closing.dropLast())", answer: "", isCutOff: true),
            Case("Hm.\n\(closing)\n\nOui.", "Hm.", answer: "Oui.", beginning: .thought),
            Case(
                "Hm.\(closing)Un \(opening)deux\(closing) trois", "Hm.", answer: "Un \(opening)deux\(closing) trois",
                beginning: .thought),
            Case("\(closing)\nOui.", "", answer: "Oui."),
            Case("\n\n\(closing)\nOui.", "", answer: "Oui.", beginning: .thought),
            Case(
                "Les balises \(opening) et \(closing) sont là.", "",
                answer: "Les balises \(opening) et \(closing) sont là."),
            Case("```\n\(opening)a\(closing)\n```", "", answer: "```\n\(opening)a\(closing)\n```"),
        ]
    }

    /// What stands before the opening tag, or in it.
    static let odd =
        ["\u{FEFF}", "\u{A0}", "\u{200B}", "\u{202F}\n", "\u{3000}", "\u{2060} "].flatMap { blank in
            [
                Case("\(blank)<think>Hm.</think>Oui.", "Hm.", answer: "Oui."),
                Case("\(blank)<think>Hm.</think>\(blank)Oui.", "Hm.", answer: "Oui."),
                Case("\(blank)Oui.", "", answer: "\(blank)Oui."),
                Case("\(blank)</think>Oui.", "", answer: "Oui.", beginning: .thought),
            ]
        } + [
            Case("<think >Hm.</think >Oui.", "Hm.", answer: "Oui."),
            Case("< think >Hm.</ think >Oui.", "Hm.", answer: "Oui."),
            Case("[THINK ]Hm.[/ THINK]Oui.", "Hm.", answer: "Oui."),
            Case("Hm.\n</think >\nOui.", "Hm.", answer: "Oui.", beginning: .thought),
            Case("<think      >Hm.", "", answer: "<think      >Hm."),
            Case("**<think>**Hm.</think>Oui.", "Hm.", answer: "Oui."),
            Case("**<think>**\nHm.\n**</think>**\n\n**Oui.**", "Hm.", answer: "**Oui.**"),
            Case("*<think>*Hm.*</think>**Oui.*", "Hm.", answer: "*Oui.*"),
            Case(
                "**<think>** ouvre, **</think>** ferme.", "", answer: "**<think>** ouvre, **</think>** ferme."),
            Case("****<think>Hm.", "", answer: "****<think>Hm."), Case("**", "", answer: "**"),
            Case("* a\n* b", "", answer: "* a\n* b"),
            Case("`<think>` ouvre.", "", answer: "`<think>` ouvre."), Case("\"<think>\"", "", answer: "\"<think>\""),
        ]

    /// Thoughts behind the first words.
    static let late = [ThoughtSplitter.Beginning.answer, .thoughtPerhaps].flatMap { beginning in
        [
            ("Bonjour.\n<think>Hm.</think>\nOui.", "Hm.", "Bonjour.\nOui."),
            ("D'accord\n\n<think>\nHm.\n</think>\n\nOui.", "Hm.", "D'accord\n\nOui."),
            ("Bien.\n[THINK]Hm.[/THINK]Oui", "Hm.", "Bien.\nOui"),
            // They are about tags.
            ("Voici :\n<think>a</think>\nb", "", "Voici :\n<think>a</think>\nb"),
            ("```\n<think>a</think>\n```", "", "```\n<think>a</think>\n```"),
            ("Il y a\n<think> et </think> comme balises.", "", "Il y a\n<think> et </think> comme balises."),
            ("Un <think>deux</think> trois.", "", "Un <think>deux</think> trois."),
            ("Bien.\n<think> ouvre une pensée.\nOui.", "", "Bien.\n<think> ouvre une pensée.\nOui."),
            ("Bien.\n    <think>a</think>\n", "", "Bien.\n    <think>a</think>\n"),
        ].map { Case($0.0, $0.1, answer: $0.2, beginning: beginning) } + [
            Case("Bien.\n<think>\nHm, et", "Hm, et", answer: "Bien.\n", beginning: beginning, isCutOff: true),
            Case("Bien.\n<think> ouvre", "", answer: "Bien.\n<think> ouvre", beginning: beginning, isCutOff: true),
            Case(
                "\(String(repeating: "mot ", count: 100))\n<think>\na\n</think>\nb", "",
                answer: "\(String(repeating: "mot ", count: 100))\n<think>\na\n</think>\nb"),
        ]
    }

    /// Answers that ended by themselves, which are never lost, whatever the model is known to do.
    static let whole =
        [true, false].flatMap { mayThink in
            [
                "<think> est la balise que Qwen utilise.", "[THINK] est le jeton de Magistral.",
                "<think>, c'est la balise.",
                "<think>: ouvre.", "<thinking> et </thinking> sont des balises.", "<think>\nReste\nsans fin", "<think>",
                "<think>Reste sans fin", "\n<think>\n", "<think> ouvre une pensée, </think> la ferme. Voilà.",
                "<think> ouvre une pensée. </think> la ferme.", "</think> ferme une pensée.", "</think>, oui.",
                "</think>",
                "</think>\n\n", "<think> Hm. </think>", "<think>Hm.\n<think>a",
            ].map { text in
                let answer = text.hasPrefix("\n") && !text.hasPrefix("\n</") ? String(text.dropFirst()) : text
                return Case(text, "", answer: answer, mayThink: mayThink)
            } + [
                Case("<think> Hm. </think> Oui.", "Hm.", answer: "Oui.", mayThink: mayThink),
                Case(
                    "<think> 2 + 2 </think>\n<answer> 4 </answer>", "2 + 2", answer: "<answer> 4 </answer>",
                    mayThink: mayThink),
                Case(
                    "<think> 2 + 2 </think> <answer>4</answer>", "2 + 2", answer: "<answer>4</answer>",
                    mayThink: mayThink),
                Case("<think>\nHm.\n</think>\n\nOui.", "Hm.", answer: "Oui.", mayThink: mayThink),
                Case("<think>Hm.\nBon.\n</think>\n\nOui.", "Hm.\nBon.", answer: "Oui.", mayThink: mayThink),
                Case("<think></think>Oui.", "", answer: "Oui.", mayThink: mayThink),
                Case("</think>\n\nOui.", "", answer: "Oui.", mayThink: mayThink),
                Case("<think>\nHm, et", "Hm, et", answer: "", isCutOff: true, mayThink: mayThink),
            ]
        } + [
            Case("Réponse.\n</think>", "", answer: "Réponse.\n</think>", beginning: .thoughtPerhaps),
            Case(
                "Pour fermer, écris :\n</think>\nVoilà.", "", answer: "Pour fermer, écris :\n</think>\nVoilà.",
                beginning: .thoughtPerhaps),
            Case("<think>a</think>\n<think>b", "a", answer: "<think>b"),
            Case("<think> Hm, et", "Hm, et", answer: "", isCutOff: true),
            // Of a model that is known to have no thoughts.
            Case(
                "<thought>12</thought> est un exemple.", "", answer: "<thought>12</thought> est un exemple.",
                mayThink: false),
            Case("<think>\nHm.\n</think>\n", "", answer: "<think>\nHm.\n</think>\n", mayThink: false),
            Case("<think>Hm, et", "", answer: "<think>Hm, et", isCutOff: true, mayThink: false),
        ]

    /// Thoughts behind the first one.
    static let further = [("<think>a</think>", ThoughtSplitter.Beginning.answer), ("a</think>", .thought)].flatMap {
        (first, beginning) in
        let long = String(repeating: "Bonjour. ", count: 100)
        return [
            Case(
                "\(first)\(long)\n\n<think>\nb\n</think>\n\nFin", "ab", answer: "\(long)\n\nFin", beginning: beginning),
            Case(
                "\(first)Un.\n<think>b</think>\nDeux.\n[THINK]c[/THINK]\nFin", "abc", answer: "Un.\nDeux.\nFin",
                beginning: beginning),
            Case("\(first)Un.\n<think>\nb, et", "ab, et", answer: "Un.\n", beginning: beginning, isCutOff: true),
        ]
            + [
                "Un <think>b</think> deux", "Voici :\n<think>\nb\n</think>\nFin", "```\n<think>\nb\n</think>\n```",
                "Un.\n<think> ouvre, </think> ferme.", "Un.\n<think>\nb", "« <think>b</think> »", "Un.\n</think>\nFin",
            ].map { Case("\(first)\($0)", "a", answer: $0, beginning: beginning) }
    }

    /// Messages of gpt-oss, as it writes them.
    static let channels: [Case] = {
        func message(_ channel: String, _ text: String, end: String = "<|end|><|start|>assistant") -> String {
            "<|channel|>\(channel)<|message|>\(text)\(end)"
        }
        let thought = message("analysis", "Hm.")
        return [
            Case(thought + message("final", "Oui.", end: ""), "Hm.", answer: "Oui."),
            Case("<|start|>assistant\(thought)\(message("final", "Oui.", end: "<|return|>"))", "Hm.", answer: "Oui."),
            Case(
                message("analysis", "Hm.\n", end: "") + message("final", "\n\nOui.\n", end: "<|end|>\n"), "Hm.",
                answer: "Oui.\n"),
            Case(
                message("analysis", "\nHm.", end: "<|end|>") + message("final", "Oui.", end: ""), "Hm.", answer: "Oui."),
            Case(message("final", "Oui.", end: "<|return|>"), "", answer: "Oui."),
            Case(
                message("commentary", "Je regarde.") + thought + message("analysis", "Bon.")
                    + message("final", "Oui, a < b.", end: "<|return|>"), "Hm.\n\nBon.",
                answer: "Je regarde.\n\nOui, a < b."),
            Case(
                thought + message("commentary to=functions.lamp <|constrain|>json", "{\"on\":1}", end: "<|call|>")
                    + message("final", "Oui.", end: ""), "Hm.\n\n{\"on\":1}", answer: "Oui."),
            Case(
                message("final", "La marque <|end|> finit, <|channel|>x nomme, <|start|> va.", end: ""), "",
                answer: "La marque <|end|> finit, <|channel|>x nomme, <|start|> va."),
            Case(message("analysis", "Hm, et", end: ""), "Hm, et", answer: "", isCutOff: true),
            Case(thought + message("final", "Oui", end: "<|"), "Hm.", answer: "Oui<|", isCutOff: true),
            Case(thought, "Hm.", answer: "", isCutOff: true),
            Case(thought + "<|channel|>fin", "Hm.", answer: "", isCutOff: true),
            Case(message("analysis", "Hm", end: ""), "", answer: "Hm"), Case("<|channel|>", "", answer: "<|channel|>"),
            Case("<|channel|> nomme un canal.", "", answer: "<|channel|> nomme un canal."),
            Case("<|start|>", "", answer: "<|start|>"),
            Case("<|channel|>x<|message|>a", "", answer: "<|channel|>x<|message|>a"),
            Case("Un <|channel|>analysis<|message|>a", "", answer: "Un <|channel|>analysis<|message|>a"),
        ]
    }()

    static let cases: [Case] =
        spelled + odd + late + whole + further + channels + [
            Case("Oui.", "", answer: "Oui."), Case("", "", answer: ""), Case(" \n Oui.", "", answer: " \n Oui."),
            Case("  ", "", answer: "  "),
            Case("<", "", answer: "<"), Case("<thin", "", answer: "<thin"),
            Case("<b>Oui</b>", "", answer: "<b>Oui</b>"),
            Case("<think", "", answer: "<think"), Case("<thinker>a</thinker>", "", answer: "<thinker>a</thinker>"),
            Case(#"{"a":"</think>"}"#, "", answer: #"{"a":"</think>"}"#),
            // What is held comes out, as thought or answer.
            Case(" Oui, tout de suite.", "", answer: " Oui, tout de suite.", beginning: .thought),
            Case("Hm, et", "Hm, et", answer: "", beginning: .thought, isCutOff: true),
            Case("Hm, et", "", answer: "Hm, et", beginning: .thoughtPerhaps, isCutOff: true),
            Case("La lampe\nest", "", answer: "La lampe\nest", beginning: .thoughtPerhaps, isCutOff: true),
            Case("Hm.\n</think>\n\nOui et", "Hm.", answer: "Oui et", beginning: .thoughtPerhaps, isCutOff: true),
            Case("Hm.</think>**Oui.**", "Hm.", answer: "**Oui.**", beginning: .thoughtPerhaps),
            Case(
                "La balise « </think> » ferme.", "", answer: "La balise « </think> » ferme.", beginning: .thoughtPerhaps
            ),
            Case(
                "La balise </think> ferme, et\n</think>\nOui.", "La balise </think> ferme, et", answer: "Oui.",
                beginning: .thoughtPerhaps),
            // Another closing tag than the opening one's.
            Case("<think>a</thinking>b</think>c", "a</thinking>b", answer: "c"),
            Case("<think>Hm.</thinking>Oui.", "Hm.", answer: "Oui."),
            Case("<think>\nHm.\n[/THINK]\n\nOui, et", "Hm.", answer: "Oui, et", isCutOff: true),
            Case("<think>Hm.</thinking>", "Hm.", answer: ""),
            Case("<think>La balise `</thinking>` ferme", "La balise `</thinking>` ferme", answer: "", isCutOff: true),
            Case("<think>La balise </thinking> ferme", "La balise </thinking> ferme", answer: "", isCutOff: true),
            Case("<think>a</think>Oui.", "a", answer: "Oui.", beginning: .thought),
            Case("<think>e\u{301}</think>\u{301}e", "e\u{301}", answer: "\u{301}e"),
            Case(
                "<think>\(String(repeating: " ", count: 200))a\(String(repeating: "\n", count: 200))b</think>c",
                "a\(String(repeating: "\n", count: 200))b", answer: "c"),
        ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func split(_ pieces: [String], _ wanted: Case) -> (thinking: [UInt8], answer: [UInt8]) {
        var splitter = ThoughtSplitter(beginning: wanted.beginning, mayThink: wanted.mayThink)
        let parts = pieces.flatMap { splitter.consume($0) } + splitter.finish(isCutOff: wanted.isCutOff)
        var (thinking, answer): ([UInt8], [UInt8]) = ([], [])
        for part in parts {
            switch part {
            case .thinking(let text): thinking += text.utf8
            case .answer(let text): answer += text.utf8
            }
        }
        return (thinking.dropLast(splitter.wronglyThought), answer)
    }

    @Test(arguments: cases)
    func thoughtsAreToldApartWhereverPiecesAreCut(_ wanted: Case) {
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

    @Test(arguments: [ThoughtSplitter.Beginning.answer, .thoughtPerhaps, .thought], [false, true])
    func anyMixtureGivesTheSameWhereverItIsCut(_ beginning: ThoughtSplitter.Beginning, _ isCutOff: Bool) {
        let bits = [
            "<think>", "</think>", "</thinking>", "< think >", "</think >", "<thi", "</", "\n", "\n\n", " ", "    ",
            "`", "```\n",
            "**", "*", "«", "»", "\"", ".", ":", "Zm", "é", "\u{FEFF}", "[THINK]", "[/THINK]", "- ", "嗯",
            "<|channel|>analysis<|message|>", "<|channel|>final<|message|>", "<|end|>",
            "<|start|>assistant<|channel|>final<|message|>",
        ]
        var state: UInt64 = 20_261_127
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func words(_ text: some Sequence<UInt8>) -> Int { text.count { $0 == UInt8(ascii: "Z") || $0 == 0xE5 } }
        for _ in 0..<500 {
            let text = (0..<next(14)).map { _ in bits[next(bits.count)] }.joined()
            let wanted = Case(text, "", answer: "", beginning: beginning, isCutOff: isCutOff, mayThink: next(3) > 0)
            let whole = split([text], wanted)
            #expect(split(text.unicodeScalars.map { String($0) }, wanted) == whole, "\(text.debugDescription)")
            #expect(words(whole.thinking) + words(whole.answer) == words(text.utf8), "\(text.debugDescription)")
            if !isCutOff, !wanted.mayThink, beginning != .thought, !text.contains("<|") {
                #expect(text.isEmpty || !whole.answer.isEmpty, "\(text.debugDescription)")
            }
        }
    }

    @Test
    func anAnswerWithoutThoughtsPassesAtOnce() {
        for text in ["Oui", " Oui", "Hm", "**Oui**", "{", "[1", "<b", "Here", "é"] {
            var splitter = ThoughtSplitter()
            #expect(splitter.consume(text) == [.answer(text)])
            #expect(splitter.consume(" <think>a</think>") == [.answer(" <think>a</think>")])
        }
    }

    @Test
    func aThoughtPassesAsItComes() {
        var splitter = ThoughtSplitter()
        #expect(splitter.consume("<think>\nHm") == [.thinking("Hm")])
        #expect(splitter.consume(", et") == [.thinking(", et")])
        #expect(splitter.consume(" <") == [])
        #expect(splitter.consume("b") == [.thinking(" <b")])
        #expect(splitter.consume("</think>Oui") == [.answer("Oui")])
        #expect(splitter.heldTextWas == nil)
    }

    @Test(
        arguments: [
            ("Hm.</think>Oui", .thought, false, .thought), ("Oui", .thought, false, .answer),
            ("Oui", .thought, true, nil), ("Oui", .thoughtPerhaps, false, .answer), ("Oui", .thoughtPerhaps, true, nil),
            ("Hm.\n</think>\nOui", .thoughtPerhaps, false, .thought), ("Hm.</think>Oui", .thoughtPerhaps, false, nil),
        ] as [(String, ThoughtSplitter.Beginning, Bool, ThoughtSplitter.Beginning?)])
    func whatWasHeldIsToldForTheNextAnswer(
        text: String, beginning: ThoughtSplitter.Beginning, isCutOff: Bool, was: ThoughtSplitter.Beginning?
    ) {
        var splitter = ThoughtSplitter(beginning: beginning)
        _ = splitter.consume(text)
        _ = splitter.finish(isCutOff: isCutOff)
        #expect(splitter.heldTextWas == was)
    }

    @Test
    func heldTextIsTheAnswersWhereTheServerTellsThoughtsApart() {
        for (beginning, part) in [
            (ThoughtSplitter.Beginning.thoughtPerhaps, ThoughtSplitter.Part.answer("Oui")),
            (.thought, .thinking("Oui")),
        ] {
            var splitter = ThoughtSplitter(beginning: beginning)
            #expect(splitter.consume("Oui") == [])
            #expect(splitter.thoughtsComeApart() == [part])
            #expect(splitter.consume("Et") == [.answer("Et")])
        }
    }

    @Test
    func aModelWithoutThoughtsMayWriteTags() {
        var splitter = ThoughtSplitter(mayThink: false)
        let text = "Bien.\n<think>\na\n</think>\nb"
        #expect(splitter.consume(text) == [.answer(text)])
    }

    @Test
    func behindItsFirstWordsAnAnswerPassesWhateverItSays() {
        var splitter = ThoughtSplitter()
        _ = splitter.consume("Bien. " + String(repeating: "a ", count: ThoughtSplitter.maxFirstWords))
        for piece in [
            "<think>", "\nHm.\n", "</think>", "\n", "</", "think>\n", " é", String(repeating: "b", count: 3000),
        ] {
            #expect(splitter.consume(piece) == [.answer(piece)])
        }
        #expect(splitter.consume("").isEmpty)
        #expect(splitter.finish(isCutOff: false).isEmpty)
        #expect(!splitter.isBehindThought && splitter.wronglyThought == 0)
    }

    @Test
    func noMoreThanABoundIsHeld() {
        var splitter = ThoughtSplitter(beginning: .thought)
        let piece = String(repeating: "abc ", count: 1 << 10)
        var bytes = 0
        for _ in 0..<100 {
            for case .thinking(let text) in splitter.consume(piece) { bytes += text.utf8.count }
        }
        #expect(bytes > 100 * piece.utf8.count - 100)
        #expect(splitter.consume("</think>Oui") == [.answer("Oui")])
    }

    @Test(arguments: [
        ("", ThoughtSplitter.Beginning.thoughtPerhaps, ""), ("Bien.\n<think>\n", .answer, ""),
        ("<think>Hm.</thinking>", .answer, "Hm."),
    ])
    func textThatMayBeAThoughtGoesToTheAnswerAtTheBound(
        start: String, beginning: ThoughtSplitter.Beginning, thinking: String
    ) {
        let text = start + String(repeating: "a\(String(repeating: " ", count: 30))b", count: 10_000)
        let pieces = text.split(separator: "b", omittingEmptySubsequences: false).map { "b" + $0 }
        let whole = split([text], Case("", "", answer: "", beginning: beginning))
        let bits = split(
            ["" + pieces[0].dropFirst()] + pieces.dropFirst(), Case("", "", answer: "", beginning: beginning))
        #expect(whole == bits)
        #expect(whole.thinking == Array(thinking.utf8))
        #expect(whole.answer.count > 319_000)
    }
}
