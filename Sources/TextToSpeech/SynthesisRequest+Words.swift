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

extension SpokenText {
    /// Where phonemes stand in it, with their brackets, that are not in what was written: the lexicon put them there.
    func phonemes(notIn written: String) -> [Range<Int>] {
        guard text != written, text.contains("[[") else { return [] }
        let source = Array(written.unicodeScalars)
        var (ranges, start) = ([Range<Int>](), 0)
        for part in RawPhonemes.parts(of: text) {
            let scalars = Array(part.text.unicodeScalars)
            let end = start + scalars.count
            defer { start = end }
            guard part.isBlock else { continue }
            // Brackets that somebody opened before are no part of it.
            let opening = (0..<scalars.count - 1).last { scalars[$0] == "[" && scalars[$0 + 1] == "[" } ?? 0
            let range = start + opening..<end
            if !source[original(of: range)].elementsEqual(scalars[opening...]) { ranges.append(range) }
        }
        return ranges
    }
}
