import SpeechToText

/// Tells languages from slips: a rule for "french" would wait for a voice that never comes.
package enum LanguageCheck {
    /// Why a tag names no language, as the rest of a sentence; nil if it names one.
    package static func problem(_ tag: String) -> String? {
        let name = tag.prefix { $0 != "-" && $0 != "_" }
        guard isTag(tag), SpeechToTextService.languageCode(String(name)) != nil else {
            return "names no language; write a tag such as fr, fr-BE or en"
        }
        return nil
    }

    /// Whether it has the form of a tag: two or three letters of ASCII, which two may follow behind "-" or "_".
    package static func isTag(_ tag: String) -> Bool {
        let parts = tag.utf8.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        let areLetters = parts.allSatisfy { $0.allSatisfy { (0x61...0x7A).contains($0 | 0x20) } }
        return areLetters && (2...3).contains(parts[0].count)
            && (parts.count == 1 || parts.count == 2 && parts[1].count == 2)
    }
}
