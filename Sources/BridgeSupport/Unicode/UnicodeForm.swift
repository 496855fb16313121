import Foundation

/// The four normalisation forms of Unicode, in linear time.
///
/// Foundation normalises whole strings, but its time grows with the square of the length (3.6 s for 1 MB of
/// French, minutes for 1 MB of combining marks). So decompositions are taken from it character by character, once, and
/// compositions segment by segment. Characters count as what they were in Unicode 9, as in the models' tokenizers.
package struct UnicodeForm: Sendable {
    package enum Form: Sendable {
        case canonicalDecomposition, compatibilityDecomposition, canonicalComposition, compatibilityComposition
    }

    private let form: Form

    package init(_ form: Form) { self.form = form }

    package func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        if text.allSatisfy(\.isASCII) { return text }
        switch form {
        case .canonicalDecomposition: return decomposed(text, Decompositions.canonical)
        case .compatibilityDecomposition: return decomposed(text, Decompositions.compatible)
        case .canonicalComposition: return composed(decomposed(text, Decompositions.canonical))
        case .compatibilityComposition: return composed(decomposed(text, Decompositions.compatible))
        }
    }

    private func decomposed(_ text: [Unicode.Scalar], _ table: [Unicode.Scalar: [Unicode.Scalar]]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count + text.count / 4)
        for scalar in text {
            if scalar.value < 0xA0 {
                result.append(scalar)
            } else if let jamo = Hangul.decompose(scalar) {
                result += jamo
            } else if let parts = table[scalar] {
                result += parts
            } else {
                result.append(scalar)
            }
        }
        orderMarks(&result)
        return result
    }

    /// Brings runs of marks into the canonical order: by combining class, otherwise in the given order.
    private func orderMarks(_ text: inout [Unicode.Scalar]) {
        var position = 0
        while position < text.count {
            let start = position
            while position < text.count, combiningClass(text[position]) != 0 { position += 1 }
            if position - start > 1 {
                // By class, then by place: `sort` does not promise stability.
                let marks = text[start..<position].enumerated().map {
                    (class: combiningClass($0.element), place: $0.offset, mark: $0.element)
                }
                let ordered = marks.sorted { ($0.class, $0.place) < ($1.class, $1.place) }
                text.replaceSubrange(start..<position, with: ordered.lazy.map(\.mark))
            }
            position = max(position, start + 1)
        }
    }

    /// Composes decomposed text (UAX 15, definition D117), each starter with what follows it.
    private func composed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        /// Where in `result` the last starter stands.
        var starter: Int?
        /// The class of the last character after the starter that was kept.
        var lastClass: UInt8 = 0
        for scalar in text {
            let scalarClass = combiningClass(scalar)
            if let at = starter {
                let isBlocked = result.count - 1 > at && lastClass >= scalarClass
                if !isBlocked, let whole = Decompositions.compose(result[at], scalar) {
                    result[at] = whole
                    continue
                }
            }
            if scalarClass == 0 { starter = result.count }
            lastClass = scalarClass
            result.append(scalar)
        }
        return result
    }
}

@inline(__always)
private func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
    // Nothing below the combining diacritical marks combines.
    if scalar.value < 0x300 { return 0 }
    let value = scalar.properties.canonicalCombiningClass.rawValue
    return value == 0 || scalar.exists(inUnicode: 9) ? value : 0
}

/// Precomposed Hangul is arithmetic (Unicode standard, section 3.12).
private enum Hangul {
    static let syllables: UInt32 = 0xAC00
    static let leads: UInt32 = 0x1100
    static let vowels: UInt32 = 0x1161
    static let tails: UInt32 = 0x11A7

    static func decompose(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard (syllables..<(syllables + 11172)).contains(scalar.value) else { return nil }
        let index = scalar.value - syllables
        var values = [leads + index / 588, vowels + index % 588 / 28]
        if index % 28 != 0 { values.append(tails + index % 28) }
        return values.compactMap(Unicode.Scalar.init)
    }

    static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if (leads..<(leads + 19)).contains(first.value), (vowels..<(vowels + 21)).contains(second.value) {
            return Unicode.Scalar(syllables + ((first.value - leads) * 21 + second.value - vowels) * 28)
        }
        let isOpenSyllable =
            (syllables..<(syllables + 11172)).contains(first.value) && (first.value - syllables) % 28 == 0
        guard isOpenSyllable, (tails + 1..<(tails + 28)).contains(second.value) else { return nil }
        return Unicode.Scalar(first.value + second.value - tails)
    }
}

/// The decompositions of all characters but Hangul, taken from Foundation once.
private enum Decompositions {
    static let canonical = table(\.decomposedStringWithCanonicalMapping)
    static let compatible = table(\.decomposedStringWithCompatibilityMapping)
    private static let compositions = makeCompositions()

    /// Every block that can hold a character with a decomposition: all but ideographs, Hangul and private use.
    private static let candidates: [ClosedRange<UInt32>] = [
        0xA0...0x33FF, 0xA000...0xABFF, 0xF900...0xFFFF, 0x10000...0x1FFFF, 0x2F800...0x2FA1F,
    ]

    private static func table(_ decomposition: KeyPath<String, String>) -> [Unicode.Scalar: [Unicode.Scalar]] {
        var table: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        for scalar in candidates.joined().lazy.compactMap(Unicode.Scalar.init) {
            guard scalar.exists(inUnicode: 9) else { continue }
            let parts = Array(String(scalar)[keyPath: decomposition].unicodeScalars)
            if parts != [scalar] { table[scalar] = parts }
        }
        return table
    }

    private struct Pair: Hashable {
        var first: Unicode.Scalar
        var second: Unicode.Scalar
    }

    /// Primary composites by their parts.
    private static func makeCompositions() -> [Pair: Unicode.Scalar] {
        var pairs: [Pair: Unicode.Scalar] = [:]
        for (whole, parts) in canonical where parts.count > 1 && !whole.properties.isFullCompositionExclusion {
            guard let last = parts.last else { continue }
            // The parts are fully decomposed: everything before the last one composes to a single character again.
            let head = String(String.UnicodeScalarView(parts.dropLast())).precomposedStringWithCanonicalMapping
            guard head.unicodeScalars.count == 1, let first = head.unicodeScalars.first else { continue }
            pairs[Pair(first: first, second: last)] = whole
        }
        return pairs
    }

    static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if second.value < 0x300 { return nil }
        return Hangul.compose(first, second) ?? compositions[Pair(first: first, second: second)]
    }
}
