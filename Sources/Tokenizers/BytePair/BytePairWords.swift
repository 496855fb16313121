/// GPT-2's pattern `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, as a scanner over Unicode
/// scalars: Swift's Regex matches whole characters, which splits combining marks differently than the trained models expect.
package enum BytePairWords {
    private enum Kind {
        case letter, number, space, other

        init(_ scalar: Unicode.Scalar) {
            if scalar.properties.isWhitespace {
                self = .space
                return
            }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = .other
            }
        }
    }

    private static let contractions: [[Unicode.Scalar]] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.unicodeScalars)
    }

    package static func words(_ text: String) -> [Substring.UnicodeScalarView] {
        let scalars = text.unicodeScalars
        var words: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        while start < scalars.endIndex {
            let end = wordEnd(scalars, start)
            words.append(scalars[start..<end])
            start = end
        }
        return words
    }

    private typealias Index = String.UnicodeScalarView.Index

    private static func wordEnd(_ scalars: String.UnicodeScalarView, _ start: Index) -> Index {
        if scalars[start] == "'",
            let match = contractions.first(where: { scalars[start...].starts(with: $0) })
        {
            return scalars.index(start, offsetBy: match.count)
        }
        let first = Kind(scalars[start])
        guard first == .space else { return runEnd(scalars, from: start, of: first) }
        let second = scalars.index(after: start)
        if scalars[start] == " ", second < scalars.endIndex, Kind(scalars[second]) != .space {
            return runEnd(scalars, from: second, of: Kind(scalars[second]))
        }
        let end = runEnd(scalars, from: start, of: .space)
        // All but the last of several spaces, so that the last one joins the following word.
        if end < scalars.endIndex, second < end { return scalars.index(before: end) }
        return end
    }

    private static func runEnd(_ scalars: String.UnicodeScalarView, from start: Index, of kind: Kind) -> Index {
        scalars[start...].firstIndex { Kind($0) != kind } ?? scalars.endIndex
    }
}
