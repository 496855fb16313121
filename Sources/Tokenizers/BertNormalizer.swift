import BridgeSupport

/// BERT's clean-up, in the order of `tokenizers` normalizers/bert: control characters, Chinese characters, accents,
/// lower case.
struct BertNormalizer: TextNormalizer {
    private let cleansText: Bool
    private let spacesChinese: Bool
    private let stripsAccents: Bool
    private let lowercases: Bool

    init(_ node: JSONNode) {
        cleansText = node["clean_text"]?.bool ?? true
        spacesChinese = node["handle_chinese_chars"]?.bool ?? true
        lowercases = node["lowercase"]?.bool ?? true
        // Unset means "as lowercase", like the original BERT code.
        stripsAccents = node["strip_accents"]?.bool ?? lowercases
    }

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text = text
        if cleansText { text = clean(text) }
        let isASCII = text.allSatisfy(\.isASCII)
        if spacesChinese, !isASCII { text = spaceChinese(text) }
        if stripsAccents, !isASCII {
            text = UnicodeForm(.canonicalDecomposition).normalize(text)
            text.removeAll { $0.tokenizerCategory == .nonspacingMark }
        }
        return lowercases ? Lowercase().normalize(text) : text
    }

    private func clean(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if let scalar = clean(scalar) { result.append(scalar) }
        }
        return result
    }

    /// What becomes of a character; nil if it is removed.
    @inline(__always)
    private func clean(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "!"..."~": return scalar
        case "\t", "\n", "\r", " ": return " "
        case "\0", "\u{FFFD}": return nil
        default: break
        }
        switch scalar.tokenizerCategory {
        case .control, .format, .surrogate, .privateUse: return nil
        default: return scalar.properties.isWhitespace ? " " : scalar
        }
    }

    private func spaceChinese(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if isChinese(scalar) { result += [" ", scalar, " "] } else { result.append(scalar) }
        }
        return result
    }

    /// The blocks in `tokenizers`, which begins one of them at U+2B920 instead of Unicode's U+2B820.
    private func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
