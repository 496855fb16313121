extension String {
    /// The text with its accents composed (Unicode's form C): "é" as one character even if it arrived as "e" and U+0301, as macOS and
    /// iOS send it. Models learned from composed text, and misread the other form. Linear in the length.
    ///
    /// Swift considers the two equal: compare `unicodeScalars` to distinguish them.
    package func composed() -> String {
        if isSurelyComposed { return self }
        let scalars = UnicodeForm(.canonicalComposition).normalize(Array(unicodeScalars))
        return String(String.UnicodeScalarView(scalars))
    }

    /// Whether ``composed()`` would change nothing, by a quick check; false if that takes a closer look.
    package var isSurelyComposed: Bool {
        // In UTF-8 these bytes begin all characters from U+0300 on, below which nothing combines.
        if utf8.allSatisfy({ $0 < 0xCC }) { return true }
        return unicodeScalars.allSatisfy(\.isSurelyComposed)
    }
}

extension Unicode.Scalar {
    fileprivate var isSurelyComposed: Bool {
        switch value {
        case ..<0x300, 0x3400...0x9FFF, 0xAC00...0xD7A3: return true
        // Vowels and finals of Hangul may join the letter before them.
        case 0x1160...0x11FF: return false
        default: break
        }
        // Every other character that joins the letter before it is a mark; what may not occur in composed text is excluded by name.
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark: false
        default: !properties.isFullCompositionExclusion && properties.canonicalCombiningClass == .notReordered
        }
    }
}
