/// Sentences in capitals: beside our small words, voices would spell the short ones.
extension RuleContext {
    /// "IL FAIT -5 °C", "RÉUNION LE 12/05 EN SALLE 3": whether all words are in capitals, and some can be no acronyms.
    var isAllShouted: Bool {
        guard text.shoutedCount > 1 else { return false }
        var (words, isWordy) = (0, false)
        for index in 0..<text.count {
            let token = text.tokens[index]
            guard token.kind == .word, token.count > 1 else { continue }
            // Units and suffixes stand behind figures.
            if text.isDigits(index - 1) || text.isMark(index - 1, "°")
                || text.isDigits(index - 2) && !text.isWord(index - 3)
            {
                continue
            }
            guard token.head.isUpper, text.isAllCapitals(index) else { return false }
            if isAcronym(index) || text.isDigits(index + 1) || Numerals.value(of: index, in: text) != nil { continue }
            words += 1
            isWordy = isWordy || text.isWord(index, in: Self.functionWords)
        }
        return isWordy && words > 1
    }

    /// Tokens in small letters, but for acronyms and single letters.
    func putSmall(_ range: Range<Int>, in output: inout SpokenOutput) {
        for index in range {
            let isElided = text.length(index) == 1 && (text.isWord(index, "À") || text.isMark(index + 1, "'’"))
            guard text.isAllCapitals(index), isElided || isWordInCapitals(index) else {
                output.put(text.tokens[index].bytes, of: text.utf8, scalars: text.length(index))
                continue
            }
            for scalar in text.scalars(text.tokens[index]) {
                output.put(asWritten: small(scalar))
            }
        }
    }

    private func small(_ letter: Unicode.Scalar) -> Unicode.Scalar {
        if letter.isASCII { return Thought.lowercase(letter) }
        let small = letter.properties.lowercaseMapping.unicodeScalars
        return small.count == 1 ? small.first ?? letter : letter
    }

    /// Of up to three letters only known ones: "CHU" and "SMS" are spelt.
    private func isWordInCapitals(_ index: Int) -> Bool {
        if text.length(index) < 4 {
            return text.isWord(index, in: Self.functionWords) || text.isWord(index, in: Self.shortWords)
        }
        return !isAcronym(index)
    }

    /// A sentence has at least one of them, a row of acronyms has none.
    private static let functionWords = WordSet(
        """
        IL ELLE ILS ÇA EST LE LES LA DU AU AUX EN UN UNE DES DE ET OU PAR SUR ON NE PAS POUR AVEC SANS DANS SONT CE CES VOS \
        NOS VOTRE NOTRE MES TES SES MON TON SON JE TU NOUS VOUS QUI QUE DÈS DEPUIS AVANT VERS CHEZ FERMÉ OUVERT SOUS
        """)
    private static let shortWords = WordSet(
        """
        MA TA SA CET CAR SI NI OÙ OUI NON PEU BAS FIN ICI ÉTÉ MUR ROI BUS CAR EAU GAZ SAC JUS LIT THÉ RIZ SEL VIN FEU AIR \
        MER JEU AN ANS MAI RUE NUL BON CLÉ LUI EUX TOI MOI VA VAS DIT MET VU LU AI AS ONT FUT PLU NET SEC SUD ARRÊT
        """)

    private func isAcronym(_ index: Int) -> Bool {
        if text.isWord(index, in: abbreviations.spelt) || text.entry(index, in: abbreviations.said) != nil {
            return true
        }
        return text.scalars(text.tokens[index]).allSatisfy {
            switch $0 {
            case "B"..."D", "F"..."H", "J"..."N", "P"..."T", "V"..."X", "Z": true
            default: false
            }
        }
    }
}
