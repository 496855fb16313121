import Testing
@testable import TextToSpeech

@Suite(.timeLimit(.minutes(5))) struct PreparedTextTests {
    private func prepared(_ text: String) -> String {
        let prepared = PreparedText(text)
        return prepared.text(0..<prepared.scalars.count)
    }

    @Test(arguments: [
        ("e\u{301}te\u{301}", "été"), ("C\u{327}a", "Ça"), ("ﬁn de mois", "fin de mois"), ("１２３ ＡＢＣ", "123 ABC"),
        ("𝐁𝐨𝐧𝐣𝐨𝐮𝐫", "Bonjour"), ("1ᵉʳ mai", "1er mai"), ("Mᵐᵉ Ⅻ", "Mme XII"), ("20 ℃", "20 °C"), ("5 ㎏", "5 kg"),
        ("№ 5", "No 5"), ("12\u{202F}345\u{A0}!", "12 345 !"), ("anti\u{AD}pluie", "antipluie"),
        ("Ve\u{1}nt\u{1B}", "Vent"), ("😀😁👍🏽", "😀 😁 👍🏽"), ("한국", "한국"), ("\u{1112}\u{1161}\u{11AB}", "한"),
        ("h\u{335}\u{34E}\u{321}\u{300}\u{301}a", "h\u{335}\u{321}\u{34E}\u{300}a"),
    ])
    func lettersTakeTheFormThatIsSpokenRight(_ given: String, _ spoken: String) {
        #expect(Array(prepared(given).unicodeScalars) == Array(spoken.unicodeScalars), "\(prepared(given))")
    }

    @Test(arguments: [
        "5 m² et 3 m³", "½ tasse, ¼ litre", "mot™ ©", "attends… oui", "10 µm", "nº 5", "H₂O", "你好！再见", "´", "ㅋㅋ",
        "👨‍👩‍👧", "🇫🇷🇧🇪",
        "peut\u{2011}être",
    ]) func whatEspeakReadsWellStaysAsItIs(_ text: String) {
        #expect(Array(prepared(text).unicodeScalars) == Array(text.unicodeScalars), "\(prepared(text))")
    }

    @Test func eachPartStandsForItsOriginal() {
        let text = PreparedText("le\u{A0}cafe\u{301} ﬁn 😀😀.")
        #expect(text.text(0..<text.scalars.count) == "le café fin 😀 😀.")
        #expect(
            text.original(3..<7) == "cafe\u{301}" && text.original(8..<11) == "ﬁn" && text.original(0..<3) == "le\u{A0}"
        )
        #expect(text.original(0..<text.scalars.count) == "le\u{A0}cafe\u{301} ﬁn 😀😀.")
        #expect(text.original(12..<12) == "" && PreparedText("").original(0..<0) == "")
    }

    private func passages(_ text: String) -> [String] {
        let prepared = PreparedText(text)
        let passages = PassageReader.passages(of: prepared)
        #expect(passages.map { prepared.original($0.range) }.joined() == text)
        return passages.map { prepared.text($0.range).trimmed }
    }

    @Test func aLineIsAPassageUnlessAProgramWrappedIt() {
        #expect(passages("Lait\nPain\r\nŒufs\n\n- Sel") == ["Lait", "Pain", "Œufs", "- Sel"])
        let wrapped =
            "Le chat dort sur le canapé du salon, et il\nne veut pas en bouger de toute la journée, parce\r\nqu'il pleut.\nFin"
        #expect(passages(wrapped).count == 2)
    }

    @Test func ordinaryTextIsNotCut() {
        let texts = [
            "Bonjour, comment allez-vous ? Il est 12 h 30, et la température est de 21,5 °C.",
            "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "Anticonstitutionnellement",
            "https://example.com/un/chemin/assez/long?avec=des&parametres=3", "Appelez le 01 23 45 67 89.",
            String(repeating: "le chat dort sur le canapé et ", count: 10),
        ]
        for text in texts { #expect(passages(text).count == 1, "\(text)") }
    }

    @Test
    func cutsFallBehindSentencesThenWordsNeverBeforeAMark() {
        let clause = String(repeating: "le chat dort-il ", count: 60)
        #expect(
            passages(clause).dropLast().allSatisfy { $0.hasSuffix("-il") || $0.hasSuffix("chat") || $0.hasSuffix("le") }
        )
        let sentences = String(repeating: "Il paie 23,50 euros au marché. Le train part à 14:30 du quai 2. ", count: 20)
        #expect(
            passages(sentences).count > 2
                && passages(sentences).allSatisfy { $0.hasSuffix("marché.") || $0.hasSuffix("2.") })
        // The newest full stops may be those of abbreviations, or the sentence goes on.
        let doubtful = String(repeating: "She asked Mr. Smith for a printed copy etc. and went. ", count: 20)
        #expect(passages(doubtful).count > 1 && passages(doubtful).allSatisfy { $0.hasSuffix("went.") })
        #expect(passages(String(repeating: "1,2", count: 400)).dropLast().allSatisfy { $0.hasSuffix(",") })
        let long = passages(String(repeating: "x\u{302}", count: 400))
        #expect(long.count > 3 && long.allSatisfy { $0.first == "x\u{302}" })
        #expect(passages("a a a a a a a").count == 3)
        #expect(passages("3 + 4 + 5 + 6 + 7 × 2 × 3 × 4 × 5").count == 1)
        #expect(passages("******************************").count == 1)
    }

    @Test(arguments: [
        "les loyers sont de 1 250 000 euros et de 3 400 500 euros et de 12 345 678 euros pour la ville puis ",
        "les loyers sont de 1\u{202F}250\u{202F}000\u{A0}€ et de 3\u{202F}400\u{202F}500\u{A0}€ pour la ville puis ",
        "appelez le 06 12 34 56 78 ou le 01 23 45 67 89 ou bien le 07-98-76-54-32 demain matin ou ",
        "le 14 juillet 1789 puis le 11 novembre 1918 puis le 08/05/1945 et encore le 21 juin 2024 ",
        "à 10 h 30 puis à 11 h 45 puis à 14:30 et encore à 7 h 05 du matin et ",
        "la valeur est de 3,14159 puis 2,71828 puis 1,41421 puis 12,5 % et 3 / 4 puis - 5 °C puis ",
        "à 12 km/h puis à 130 km/h sur 40 m² et 12 kg avec M. Martin au no. 12 puis ",
    ])
    func noNumberIsCutNorPartedFromItsUnitWhereThereIsABetterPlace(_ clause: String) {
        // Each start puts the cuts elsewhere.
        for start in ["", "et ", "mais ", "encore ", "maintenant ", "dans la ville ", "au bord de la mer "] {
            let text = start + String(repeating: clause, count: 6).trimmed
            let parts = passages(text)
            #expect(parts.count > 1)
            for (left, right) in zip(parts, parts.dropFirst()) {
                let isWhole = !Self.endsInNumber(left) || !Self.goesOnNumber(right)
                #expect(isWhole && !left.hasSuffix("M."), "\(left.suffix(20))|\(right.prefix(20))")
            }
        }
    }

    private static func endsInNumber(_ text: String) -> Bool {
        text.suffix(3).contains(where: \.isNumber) || ["/", "-", "h"].contains(text.split(separator: " ").last)
    }

    private static func goesOnNumber(_ text: String) -> Bool {
        text.prefix(2).contains(where: \.isNumber) || "/-€%°".contains(text.prefix(1))
            || ["h", "km/h", "kg", "m²"].contains(text.split(separator: " ").first)
    }

    /// Each number of a row, and what a group of digits belongs to, is whole.
    @Test(arguments: [
        "15,0 11,4 ", "16,25 8,5 ", "06-12-34-56-78 01-23-45-67-89 ", "08:05:01 12:30:00 ", "22-76 1-40 ", "3/4 5/6 ",
        "192.168.1.12 10.0.0.1 ", "12/05/2024 03/11/2025 ", "(48,8;2,3) (-12,5;100,25) ", "12 345 ",
        "1 234,5 12 345,25 ",
    ])
    func aRowOfNumbersIsCutBetweenThem(_ numbers: String) {
        let row = numbers.trimmed.split(separator: " ")
        let ends = Set(row.map(String.init))
        for start in ["", "et ", "la ville de "] {
            let parts = passages(start + String(repeating: numbers, count: 60).trimmed)
            #expect(parts.count > 2)
            for part in parts.dropLast() {
                let last = part.split(separator: " ").last.map(String.init) ?? ""
                // A group of thousands is the end of one number, or the beginning of none.
                #expect(ends.contains(last) && (row.count != 2 || last != "12" && last != "1"), "\(part.suffix(30))")
            }
        }
    }

    @Test func aTextOfNothingButNumbersIsCutBetweenDigits() {
        let parts = passages(String(repeating: "12 345 ", count: 100).trimmed)
        #expect(parts.count > 3 && parts.allSatisfy { $0.last?.isNumber == true })
    }
}
