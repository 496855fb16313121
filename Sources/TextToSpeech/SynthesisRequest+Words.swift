import SpokenText

extension SynthesisRequest {
    /// What a voice is given to say. The language that was asked for says how its country counts, where the voice speaks that language.
    ///
    /// - Parameter lexicon: the words of the house.
    func spoken(by voice: any VoiceBackend, lexicon: Lexicon) async -> SpokenText {
        guard putsIntoWords else { return SpokenText(unchanged: text) }
        let own = voice.language.flatMap { SpokenLocale($0) }
        let wanted = language.flatMap { SpokenLocale($0) }
        let isOfVoice = (wanted == .english) == (own == .english)
        let locale = own == nil ? nil : isOfVoice ? wanted ?? own : own
        let reader = LexiconReader(
            lexicon, language: wanted != nil && locale == wanted ? language : voice.language,
            takesPhonemes: voice.takesPhonemes)
        return await asideWhereLong(text.utf8.count) { [text] in SpokenText(text, locale: locale, lexicon: reader) }
    }
}
