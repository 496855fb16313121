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
            _ text: String, _ thinking: String, _ answer: String, _ beginning: ThoughtSplitter.Beginning = .answer,
            isCutOff: Bool = false, mayThink: Bool = true
        ) {
            (self.text, self.thinking, self.answer) = (text, thinking, answer)
            (self.beginning, self.isCutOff, self.mayThink) = (beginning, isCutOff, mayThink)
        }
    }

    static let spelled = ThoughtTags.all.flatMap { tags in
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

    /// What stands before the opening tag, or in it.
    static let odd =
        ["\u{FEFF}", "\u{A0}", "\u{200B}", "\u{202F}\n", "\u{3000}", "\u{2060} "].flatMap { blank in
            [
                Case("\(blank)<think>Hm.</think>Oui.", "Hm.", "Oui."),
                Case("\(blank)<think>Hm.</think>\(blank)Oui.", "Hm.", "Oui."),
                Case("\(blank)Oui.", "", "\(blank)Oui."),
                Case("\(blank)</think>Oui.", "", "Oui.", .thought),
            ]
        } + [
            Case("<think >Hm.</think >Oui.", "Hm.", "Oui."),
            Case("< think >Hm.</ think >Oui.", "Hm.", "Oui."),
            Case("[THINK ]Hm.[/ THINK]Oui.", "Hm.", "Oui."),
            Case("Hm.\n</think >\nOui.", "Hm.", "Oui.", .thought),
            Case("<think      >Hm.", "", "<think      >Hm."),
            Case("**<think>**Hm.</think>Oui.", "Hm.", "Oui."),
            Case("**<think>**\nHm.\n**</think>**\n\n**Oui.**", "Hm.", "**Oui.**"),
            Case("*<think>*Hm.*</think>**Oui.*", "Hm.", "*Oui.*"),
            Case(
                "**<think>** ouvre, **</think>** ferme.", "", "**<think>** ouvre, **</think>** ferme."),
            Case("****<think>Hm.", "", "****<think>Hm."), Case("**", "", "**"), Case("* a\n* b", "", "* a\n* b"),
            Case("`<think>` ouvre.", "", "`<think>` ouvre."), Case("\"<think>\"", "", "\"<think>\""),
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
        ].map { Case($0.0, $0.1, $0.2, beginning) } + [
            Case("Bien.\n<think>\nHm, et", "Hm, et", "Bien.\n", beginning, isCutOff: true),
            Case("Bien.\n<think> ouvre", "", "Bien.\n<think> ouvre", beginning, isCutOff: true),
            Case(
                "\(String(repeating: "mot ", count: 100))\n<think>\na\n</think>\nb", "",
                "\(String(repeating: "mot ", count: 100))\n<think>\na\n</think>\nb"),
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
                return Case(text, "", answer, mayThink: mayThink)
            } + [
                Case("<think> Hm. </think> Oui.", "Hm.", "Oui.", mayThink: mayThink),
                Case(
                    "<think> 2 + 2 </think>\n<answer> 4 </answer>", "2 + 2", "<answer> 4 </answer>", mayThink: mayThink),
                Case("<think> 2 + 2 </think> <answer>4</answer>", "2 + 2", "<answer>4</answer>", mayThink: mayThink),
                Case("<think>\nHm.\n</think>\n\nOui.", "Hm.", "Oui.", mayThink: mayThink),
                Case("<think>Hm.\nBon.\n</think>\n\nOui.", "Hm.\nBon.", "Oui.", mayThink: mayThink),
                Case("<think></think>Oui.", "", "Oui.", mayThink: mayThink),
                Case("</think>\n\nOui.", "", "Oui.", mayThink: mayThink),
                Case("<think>\nHm, et", "Hm, et", "", isCutOff: true, mayThink: mayThink),
            ]
        } + [
            Case("Réponse.\n</think>", "", "Réponse.\n</think>", .thoughtPerhaps),
            Case(
                "Pour fermer, écris :\n</think>\nVoilà.", "", "Pour fermer, écris :\n</think>\nVoilà.", .thoughtPerhaps),
            Case("<think>a</think>\n<think>b", "a", "<think>b"),
            Case("<think> Hm, et", "Hm, et", "", isCutOff: true),
            // Of a model that is known to have no thoughts.
            Case("<thought>12</thought> est un exemple.", "", "<thought>12</thought> est un exemple.", mayThink: false),
            Case("<think>\nHm.\n</think>\n", "", "<think>\nHm.\n</think>\n", mayThink: false),
            Case("<think>Hm, et", "", "<think>Hm, et", isCutOff: true, mayThink: false),
        ]

    /// Thoughts behind the first one.
    static let further = [("<think>a</think>", ThoughtSplitter.Beginning.answer), ("a</think>", .thought)].flatMap {
        (first, beginning) in
        let long = String(repeating: "Bonjour. ", count: 100)
        return [
            Case("\(first)\(long)\n\n<think>\nb\n</think>\n\nFin", "ab", "\(long)\n\nFin", beginning),
            Case("\(first)Un.\n<think>b</think>\nDeux.\n[THINK]c[/THINK]\nFin", "abc", "Un.\nDeux.\nFin", beginning),
            Case("\(first)Un.\n<think>\nb, et", "ab, et", "Un.\n", beginning, isCutOff: true),
        ]
            + [
                "Un <think>b</think> deux", "Voici :\n<think>\nb\n</think>\nFin", "```\n<think>\nb\n</think>\n```",
                "Un.\n<think> ouvre, </think> ferme.", "Un.\n<think>\nb", "« <think>b</think> »", "Un.\n</think>\nFin",
            ].map { Case("\(first)\($0)", "a", $0, beginning) }
    }

    /// Messages of gpt-oss, as it writes them.
    static let channels: [Case] = {
        func message(_ channel: String, _ text: String, _ end: String = "<|end|><|start|>assistant") -> String {
            "<|channel|>\(channel)<|message|>\(text)\(end)"
        }
        let thought = message("analysis", "Hm.")
        return [
            Case(thought + message("final", "Oui.", ""), "Hm.", "Oui."),
            Case("<|start|>assistant\(thought)\(message("final", "Oui.", "<|return|>"))", "Hm.", "Oui."),
            Case(message("analysis", "Hm.\n", "") + message("final", "\n\nOui.\n", "<|end|>\n"), "Hm.", "Oui.\n"),
            Case(message("analysis", "\nHm.", "<|end|>") + message("final", "Oui.", ""), "Hm.", "Oui."),
            Case(message("final", "Oui.", "<|return|>"), "", "Oui."),
            Case(
                message("commentary", "Je regarde.") + thought + message("analysis", "Bon.")
                    + message("final", "Oui, a < b.", "<|return|>"), "Hm.\n\nBon.", "Je regarde.\n\nOui, a < b."),
            Case(
                thought + message("commentary to=functions.lamp <|constrain|>json", "{\"on\":1}", "<|call|>")
                    + message("final", "Oui.", ""), "Hm.\n\n{\"on\":1}", "Oui."),
            Case(
                message("final", "La marque <|end|> finit, <|channel|>x nomme, <|start|> va.", ""), "",
                "La marque <|end|> finit, <|channel|>x nomme, <|start|> va."),
            Case(message("analysis", "Hm, et", ""), "Hm, et", "", isCutOff: true),
            Case(thought + message("final", "Oui", "<|"), "Hm.", "Oui<|", isCutOff: true),
            Case(thought, "Hm.", "", isCutOff: true), Case(thought + "<|channel|>fin", "Hm.", "", isCutOff: true),
            Case(message("analysis", "Hm", ""), "", "Hm"), Case("<|channel|>", "", "<|channel|>"),
            Case("<|channel|> nomme un canal.", "", "<|channel|> nomme un canal."),
            Case("<|start|>", "", "<|start|>"), Case("<|channel|>x<|message|>a", "", "<|channel|>x<|message|>a"),
            Case("Un <|channel|>analysis<|message|>a", "", "Un <|channel|>analysis<|message|>a"),
        ]
    }()

    static let cases: [Case] =
        spelled + odd + late + whole + further + channels + [
            Case("Oui.", "", "Oui."), Case("", "", ""), Case(" \n Oui.", "", " \n Oui."), Case("  ", "", "  "),
            Case("<", "", "<"), Case("<thin", "", "<thin"), Case("<b>Oui</b>", "", "<b>Oui</b>"),
            Case("<think", "", "<think"), Case("<thinker>a</thinker>", "", "<thinker>a</thinker>"),
            Case(#"{"a":"</think>"}"#, "", #"{"a":"</think>"}"#),
            // What is held comes out, as thought or answer.
            Case(" Oui, tout de suite.", "", " Oui, tout de suite.", .thought),
            Case("Hm, et", "Hm, et", "", .thought, isCutOff: true),
            Case("Hm, et", "", "Hm, et", .thoughtPerhaps, isCutOff: true),
            Case("La lampe\nest", "", "La lampe\nest", .thoughtPerhaps, isCutOff: true),
            Case("Hm.\n</think>\n\nOui et", "Hm.", "Oui et", .thoughtPerhaps, isCutOff: true),
            Case("Hm.</think>**Oui.**", "Hm.", "**Oui.**", .thoughtPerhaps),
            Case("La balise « </think> » ferme.", "", "La balise « </think> » ferme.", .thoughtPerhaps),
            Case(
                "La balise </think> ferme, et\n</think>\nOui.", "La balise </think> ferme, et", "Oui.",
                .thoughtPerhaps),
            // Another closing tag than the opening one's.
            Case("<think>a</thinking>b</think>c", "a</thinking>b", "c"),
            Case("<think>Hm.</thinking>Oui.", "Hm.", "Oui."),
            Case("<think>\nHm.\n[/THINK]\n\nOui, et", "Hm.", "Oui, et", isCutOff: true),
            Case("<think>Hm.</thinking>", "Hm.", ""),
            Case("<think>La balise `</thinking>` ferme", "La balise `</thinking>` ferme", "", isCutOff: true),
            Case("<think>La balise </thinking> ferme", "La balise </thinking> ferme", "", isCutOff: true),
            Case("<think>a</think>Oui.", "a", "Oui.", .thought),
            Case("<think>e\u{301}</think>\u{301}e", "e\u{301}", "\u{301}e"),
            Case(
                "<think>\(String(repeating: " ", count: 200))a\(String(repeating: "\n", count: 200))b</think>c",
                "a\(String(repeating: "\n", count: 200))b", "c"),
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
            let wanted = Case(text, "", "", beginning, isCutOff: isCutOff, mayThink: next(3) > 0)
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
        let whole = split([text], Case("", "", "", beginning))
        let bits = split(["" + pieces[0].dropFirst()] + pieces.dropFirst(), Case("", "", "", beginning))
        #expect(whole == bits)
        #expect(whole.thinking == Array(thinking.utf8))
        #expect(whole.answer.count > 319_000)
    }
}
