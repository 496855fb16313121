/// Approximately how many phonemes the characters of a word make.
///
/// For a clause, half too many do no harm. For a word, only what no word of any language contains may cost so much that it is cut: letters
/// that the library has to spell out, some of which it calls "double v" or "e accent circonflexe".
struct PhonemeCosts {
    struct Cost {
        var inClause: Double
        var inWord: Double

        init(_ inClause: Double, _ inWord: Double) { (self.inClause, self.inWord) = (inClause, inWord) }
    }

    /// As many consecutive consonants as words of some languages have, and as many letters with accents.
    private static let pronounceable = (consonants: 4, accented: 3)

    private var last: Unicode.Scalar?
    private var secondLast: Unicode.Scalar?
    private var same = 0
    private var consonants = 0
    private var accented = 0

    /// The cost of the next character of the word.
    mutating func cost(of scalar: Unicode.Scalar) -> Cost {
        same = scalar == last ? same + 1 : 1
        consonants = scalar.isLatinConsonant ? consonants + 1 : 0
        accented = scalar.isAccentedLatin ? accented + 1 : 0
        defer { (secondLast, last) = (last, scalar) }
        switch scalar.value {
        case 0x30...0x39: return Cost(9, 3)
        case 0x41...0x5A: return isSpelled ? spelled(scalar) : Cost(2, 2.2)
        case 0x61...0x7A: return isSpelled ? spelled(scalar) : Cost(1, 1.4)
        // The letters of "S.N.C.F." are spelled out as well.
        case 0x2E where secondLast == "." && last != ".": return Cost(1, 8)
        case 0x27, 0x2E, 0x2019: return Cost(1, 2)
        case ..<0x80: return isOrnament(scalar) ? Cost(0, 0) : Cost(8, 8)
        default: break
        }
        if scalar.properties.isAlphabetic {
            if accented > Self.pronounceable.accented || isRepeated(scalar) {
                // "ŵ" makes 23 in French.
                if scalar.value < 0x100 { return Cost(8, 14) }
                return scalar.isAccentedLatin ? Cost(8, 31) : Cost(8, 20)
            }
            return scalar.value < 0x250 ? Cost(2, 1.5) : Cost(3, 3)
        }
        if scalar.isCombiningMark { return Cost(1, 1) }
        return scalar.value >= 0x2300 ? Cost(25, 10) : Cost(8, 8)
    }

    private var isSpelled: Bool { consonants > Self.pronounceable.consonants }

    /// "Double v", and "i lunga" in Italian.
    private func spelled(_ scalar: Unicode.Scalar) -> Cost {
        "jwJW".unicodeScalars.contains(scalar) ? Cost(8, 8) : Cost(4, 4.5)
    }

    /// The library reads the first three of "*****".
    private func isOrnament(_ scalar: Unicode.Scalar) -> Bool { same > 3 && !"$%&+@".unicodeScalars.contains(scalar) }

    /// Whether it is a letter of an alphabet that occurs more often in a row than in any word.
    private func isRepeated(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x2E80 && same > Self.pronounceable.accented
    }
}

extension Unicode.Scalar {
    fileprivate var isLatinConsonant: Bool {
        guard value < 0x80, properties.isAlphabetic else { return false }
        return !"aeiouyAEIOUY".unicodeScalars.contains(self)
    }

    fileprivate var isAccentedLatin: Bool {
        switch value {
        case 0xC0..<0x2B0, 0x1E00..<0x1F00: properties.isAlphabetic
        default: false
        }
    }
}
