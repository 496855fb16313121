import Foundation

/// The form of a letter with its marks for a reader: composed (NFC), with compatibility forms replaced by what they stand for ("ﬁ", "Ⅻ",
/// "ｅ", "𝐞", "1ᵉʳ"), unless espeak-ng knows the form itself and reads it better.
struct SpokenForm {
    private var known: [Unicode.Scalar: String.UnicodeScalarView] = [:]

    init() {}

    mutating func spoken(_ segment: ArraySlice<Unicode.Scalar>) -> String.UnicodeScalarView {
        guard let first = segment.first else { return String.UnicodeScalarView() }
        let isAlone = segment.count == 1
        if isAlone, first.value < 0xA0 { return String.UnicodeScalarView([first]) }
        if isAlone, let form = known[first] { return form }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: segment)
        let composed = String(text).precomposedStringWithCanonicalMapping
        var form = String.UnicodeScalarView()
        for scalar in composed.unicodeScalars { form.append(contentsOf: Self.compatible(scalar)) }
        if isAlone { known[first] = form }
        return form
    }

    private static let longest = 6

    private static func compatible(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        let same = String.UnicodeScalarView([scalar])
        guard scalar.value >= 0xA0, !isReadBetter(scalar) else { return same }
        let form = String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars
        // Accents on their own would become a space and a combining mark, and some ligatures stand for whole sentences.
        if form.count > longest || (form.count > 1 && form.first == " ") { return same }
        return form
    }

    /// Forms that espeak-ng reads as they are: "m²" as "puissance deux", "½" as "un demi" and "™" as "marque commerciale déposée". A micro sign
    /// would become the Greek letter, an ellipsis three dots, and full-width marks would want a space behind them.
    private static func isReadBetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xA0...0xBF: true
        case 0x2070...0x208E: scalar != "\u{2071}" && scalar != "\u{207F}"
        case 0x2150...0x215F: true
        case 0x2011, 0x2026, 0x2122: true
        // Hangul letters on their own would become parts of syllables.
        case 0x3131...0x318E: true
        case 0xFF01, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F: true
        default: false
        }
    }
}
