import BridgeSupport

// Token ids must equal the ones that the model was trained with, so characters are classified by the version of
// Unicode that each part of the `tokenizers` library (0.22) uses, not by today's: Unicode 8 for its categories,
// Unicode 9 for its normalisation forms, Unicode 16 for its regular expressions.
// A comparison over all code points found these versions and the exceptions below.

extension Unicode.Scalar {
    /// The general category as of Unicode 8.
    var tokenizerCategory: Unicode.GeneralCategory {
        let category = properties.generalCategory
        if value < 0x300 { return category }
        switch value {
        case 0x166D, 0x111C9: return .otherPunctuation
        case 0x1734, 0x1171E: return .nonspacingMark
        case 0x1885, 0x1886: return .otherLetter
        case 0xA9BD: return .spacingMark
        default: break
        }
        switch category {
        // Letters and the like are never asked for.
        case .uppercaseLetter, .lowercaseLetter, .otherLetter, .modifierLetter, .titlecaseLetter: return category
        default: return exists(inUnicode: 8) ? category : .unassigned
        }
    }

    /// The property White_Space, which has not changed since Unicode 6.3.
    var isTokenizerSpace: Bool {
        isASCII ? self == " " || (9...13).contains(value) : properties.isWhitespace
    }

    /// Category M as of Unicode 9.
    var isTokenizerMark: Bool {
        if value < 0x300 || value == 0x111C9 { return false }
        if value == 0x1CF2 || value == 0x1CF3 { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return exists(inUnicode: 9)
        default: return false
        }
    }

    /// `\w` of a Unicode regular expression (UTS 18, annex C).
    var isWordCharacter: Bool {
        if isASCII { return isASCIIAlphanumeric || self == "_" }
        guard exists(inUnicode: 16) else { return false }
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }

    private var isASCIIAlphanumeric: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    /// Category P of Unicode, or one of the ASCII symbols that `ispunct` accepts as well.
    var isTokenizerPunctuation: Bool {
        if isASCII {
            switch value {
            case 33...47, 58...64, 91...96, 123...126: return true
            default: return false
            }
        }
        switch tokenizerCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    /// Categories Nd, Nl and No.
    var isTokenizerNumber: Bool {
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }
}
