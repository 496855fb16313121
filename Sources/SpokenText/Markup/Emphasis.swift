/// Marks of emphasis: stars, underlines, backticks and tildes.
extension MarkupReader {
    /// Marks of emphasis go, except between two numbers or two spaces, where they are signs, and within names_like_this.
    mutating func emphasis(_ mark: Unicode.Scalar) {
        var count = 1
        while at(count) == mark { count += 1 }
        let (before, after) = (at(-1), at(count))
        let isBetween = { (test: (Unicode.Scalar) -> Bool) in before.map(test) == true && after.map(test) == true }
        // "2**3", "x**2" in a program: a power.
        if mark == "*", count == 2, isPower {
            put("^", from: index)
            index += 2
            return
        }
        let isSign: Bool
        switch mark {
        case "*":
            isSign =
                count == 1 && (isBetween { $0.isDigit } || isBetween { $0.isBlank } || isStar || isKey)
                || count < 3 && isDialled(count)
        case "_": isSign = isBetween { $0.isLetter || $0.isDigit } || isInAddress(count)
        case "~": isSign = count == 1
        default: isSign = false
        }
        if isSign, mark == "_", !isInAddress(count), !isAddress {
            put(" ", from: index)
            index += count
        } else if isSign {
            for _ in 0..<count { keep() }
        } else {
            // "~~10 €~~ 8 €": what is struck out is no part of what follows.
            if mark == "~", before?.isBlank == false, after?.isBlank == true { put(",", from: index) }
            index += count
        }
    }

    /// "un hôtel 4*": a star that nothing before it opens.
    private var isStar: Bool {
        guard let before = at(-1), "12345".unicodeScalars.contains(before), at(-2)?.isBlank == true,
            at(1).map({ $0.isBlank || ".,;:!?)".unicodeScalars.contains($0) }) ?? true
        else { return false }
        return !(max(0, index - 120)..<index - 1).contains {
            source[$0] == "*" && $0 + 1 < source.count && !source[$0 + 1].isBlank
                && ($0 == 0 || !source[$0 - 1].isDigit)
        }
    }

    /// "# ou *.", "Touche *", "Dial *67.": a key of a telephone.
    private var isKey: Bool {
        guard let before = at(-1), before.isBlank else { return false }
        var end = index + 1
        while end < source.count, end < index + 12, source[end].isDigit { end += 1 }
        guard end == source.count || source[end].isBlank || ".,;:!?)".unicodeScalars.contains(source[end]) else {
            return false
        }
        var first = index - 1
        while first > 0, index - first < 16, source[first - 1].isLetter { first -= 1 }
        return Self.beforeKeys.contains(String(source[first..<index - 1]).lowercased())
    }

    private static let beforeKeys: Set<String> = [
        "ou", "et", "puis", "sur", "touche", "tapez", "tape", "taper", "composez", "compose", "composer", "faites",
        "dial", "press", "or", "key",
    ]

    /// Whether two stars stand between what is raised, a number or a single letter, and figures.
    private var isPower: Bool {
        guard let before = at(-1), at(2)?.isDigit == true else { return false }
        return before.isDigit
            || before.isLetter && at(-2).map { $0.isBlank || "(+-*/=,[".unicodeScalars.contains($0) } ?? true
    }

    /// "*21#": the star that is dialled.
    private func isDialled(_ count: Int) -> Bool {
        var end = index + count
        let limit = min(source.count, end + 24)
        let first = end
        while end < limit, source[end].isDigit || source[end] == "*" || source[end] == "#" { end += 1 }
        return end > first + 1 && source[end - 1] == "#"
    }

    /// Whether a mark stands within "https://a.fr/b_c", rather than around it.
    private func isInAddress(_ count: Int) -> Bool {
        guard index < addressEnd, let after = at(count) else { return false }
        return index + count < addressEnd
            && (after.isLetter || after.isDigit || "(/-.=&%".unicodeScalars.contains(after))
    }

    /// Whether a mark belongs to "jean_dupont@exemple.fr".
    private var isAddress: Bool {
        var end = index
        let limit = min(source.count, index + 64)
        while end < limit, source[end].value < 0x80,
            source[end].isLetter || source[end].isDigit || Self.isInName(source[end])
        {
            end += 1
        }
        return end + 1 < limit && source[end] == "@" && source[end + 1].isLetter
    }

    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", "-", ".", "+": true
        default: false
        }
    }
}
