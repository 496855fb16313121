extension Unicode.Scalar {
    /// `\w` of a Unicode regular expression (UTS 18, annex C).
    var isWordCharacter: Bool {
        if isASCII { return isASCIIAlphanumeric || self == "_" }
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

    /// Category P of Unicode, or one of the ASCII symbols that `ispunct` takes too.
    var isTokenizerPunctuation: Bool {
        if isASCII {
            switch value {
            case 33...47, 58...64, 91...96, 123...126: return true
            default: return false
            }
        }
        switch properties.generalCategory {
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
