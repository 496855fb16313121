package import BridgeSupport
package import ModelStore
import SpeechToText

/// The voices that can answer, and which of them speaks a language best.
package struct InstalledVoices: Sendable {
    /// A voice and what it speaks.
    private struct Voice {
        let id: String
        /// A code such as "en"; nil if nobody knows.
        let language: String?
        /// Where it is spoken so, such as "US"; nil if nobody knows.
        let region: String?
    }

    /// The best of each language first.
    private let voices: [Voice]

    /// No voice.
    package init() { voices = [] }

    /// - Parameters:
    ///   - installed: voices with files, in any order.
    ///   - default: the voice that answers requests that name none; it is the best of its language.
    ///   - catalogue: says what voices speak, and lists the recommended ones first. Its built-in voices come last.
    package init(_ installed: [String], default: String?, catalogue: Catalogue) {
        let known = catalogue.models.filter { $0.service == .tts }
        let listed = known.filter { !$0.isBuiltIn && installed.contains($0.id) }.map(\.id)
        let others = installed.filter { catalogue[$0] == nil }
        let all = [`default`].compactMap(\.self) + listed + others + known.filter(\.isBuiltIn).map(\.id)
        var seen: Set<String> = []
        voices = all.filter { seen.insert($0).inserted }.map { id in
            // As voices are called: en_US-joe-medium.
            let name = id.prefixMatch(of: /([a-z]{2,3})_([A-Z]{2})-/)?.output
            return Voice(
                id: id, language: catalogue[id]?.languages.first ?? name.map { String($0.1) },
                region: name.map { String($0.2) })
        }
    }

    /// The best voice of a language.
    ///
    /// - Parameter language: a code, a tag such as "en-US", or a name in English, in French or in itself.
    /// - Throws: `invalid_request` for what names no language, `voice_not_found` where no voice speaks it; both name `language`.
    package func best(speaking language: String) throws(ServiceError) -> String {
        let code = try code(language)
        let speaking = voices.filter { $0.language == code }
        let region = language.firstMatch(of: /[-_]([A-Za-z]{2})$/).map { $0.1.uppercased() }
        if let voice = speaking.first(where: { region != nil && $0.region == region }) ?? speaking.first {
            return voice.id
        }
        var spoken: [String] = []
        for case let other? in voices.map(\.language) where !spoken.contains(other) { spoken.append(other) }
        throw ServiceError(
            .voiceNotFound,
            "No installed voice speaks \(code); those here speak \(spoken.joined(separator: ", ")). '\(CommandName.current) models list --service tts' shows which voices there are.",
            param: "language")
    }

    /// Makes sure that a voice that a request names speaks the language that it names too. A voice of which nobody knows what it speaks
    /// may be meant.
    ///
    /// - Throws: `invalid_request` naming `language`.
    package func check(_ voice: String, speaks language: String) throws(ServiceError) {
        let code = try code(language)
        guard let spoken = voices.first(where: { $0.id == voice })?.language, spoken != code else { return }
        throw .invalid(
            "language",
            "The voice \(voice) speaks \(spoken), and the language asked for is \(code). Leave out \"voice\" for the best voice of a language, or \"language\" for this voice."
        )
    }

    private func code(_ language: String) throws(ServiceError) -> String {
        // Some voices speak languages that speech-to-text does not know by name.
        let plain = language.lowercased()
        if voices.contains(where: { $0.language == plain }) { return plain }
        if let code = SpeechToTextService.languageCode(language) { return code }
        throw .invalid(
            "language",
            "\"language\" holds '\(language.prefix(40))', which is no language; it takes a code or a name, such as \"en\", \"en-US\", \"English\" or \"anglais\"."
        )
    }
}
