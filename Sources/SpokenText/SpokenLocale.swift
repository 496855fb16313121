/// The languages whose texts are put into words, and how a country counts.
public enum SpokenLocale: String, Sendable, CaseIterable {
    /// soixante-dix, quatre-vingts, quatre-vingt-dix.
    case france = "fr-FR"
    /// septante, quatre-vingts, nonante.
    case belgium = "fr-BE"
    /// septante, huitante, nonante.
    case switzerland = "fr-CH"
    /// Dates as in the United States, where they are written with slashes.
    case english = "en"

    /// - Parameter tag: as in "fr", "fr_BE" or "en-us"; nil for a language that is not one of these.
    public init?(_ tag: String) {
        let parts = tag.lowercased().split { $0 == "-" || $0 == "_" }
        switch (parts.first, parts.dropFirst().first) {
        case ("fr", "be"): self = .belgium
        case ("fr", "ch"): self = .switzerland
        case ("fr", _): self = .france
        case ("en", _): self = .english
        default: return nil
        }
    }

    var language: any SpokenLanguage { self == .english ? English() : French(locale: self) }

    var vocabulary: Vocabulary {
        switch self {
        case .france: Self.ofFrance
        case .belgium: Self.ofBelgium
        case .switzerland: Self.ofSwitzerland
        case .english: Self.ofEnglish
        }
    }

    private static let ofFrance = Vocabulary(French(locale: .france))
    private static let ofBelgium = Vocabulary(French(locale: .belgium))
    private static let ofSwitzerland = Vocabulary(French(locale: .switzerland), isSwiss: true)
    private static let ofEnglish = Vocabulary(English())
}
