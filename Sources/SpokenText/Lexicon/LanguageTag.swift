/// A language and, perhaps, the country that speaks it so.
struct LanguageTag: Sendable, Hashable {
    let language: String
    let region: String?

    /// - Parameter tag: two or three letters, which two may follow behind "-" or "_"; nil for anything else.
    init?(_ tag: String) {
        let parts = tag.lowercased().split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        guard parts.count <= 2, let first = parts.first, 2...3 ~= first.utf8.count,
            parts.allSatisfy({ $0.utf8.allSatisfy { 0x61...0x7A ~= $0 } }), parts.count == 1 || parts[1].utf8.count == 2
        else { return nil }
        (language, region) = (String(first), parts.count == 2 ? String(parts[1]) : nil)
    }

    /// Whether what is said of this language holds for that of a voice. French without a country is that of France, as for the numerals.
    func covers(_ other: LanguageTag?) -> Bool {
        guard let other, other.language == language else { return false }
        return region == nil || region == (other.region ?? (other.language == "fr" ? "fr" : nil))
    }
}
