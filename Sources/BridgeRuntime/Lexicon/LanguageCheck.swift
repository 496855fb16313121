import SpeechToText

/// Tells languages from slips: a rule for "french" would wait for a voice that never comes.
package enum LanguageCheck {
    /// Why a tag names no language, as the rest of a sentence; nil if it names one.
    package static func problem(_ tag: String) -> String? {
        let parts = tag.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        let isRegion = parts.count == 1 || parts.count == 2 && parts[1].utf8.count == 2
        guard isRegion, let name = parts.first, name.utf8.count <= 3,
            SpeechToTextService.languageCode(String(name)) != nil
        else { return "names no language; write a tag such as fr, fr-BE or en" }
        return nil
    }
}
