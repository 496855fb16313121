import SpokenText

/// Writes what was heard as people write: "18 h 30" for "dix-huit heures trente". French and English only.
struct WrittenForm: Sendable {
    /// Languages as the request and the service name them, of which tags such as "fr-BE" say where they are spoken.
    private let tags: [String]
    private let isTranslation: Bool

    init(_ request: TranscriptionRequest, languages: [String]) {
        tags = [request.language].compactMap { $0 } + (request.languages ?? languages)
        isTranslation = request.task == .translate
    }

    func event(_ event: TranscriptionEvent) -> TranscriptionEvent {
        switch event {
        case .segment(let segment): .segment(written(segment, in: segment.language))
        case .done(let whole): .done(written(whole))
        }
    }

    /// nil for a language without rules.
    private func locale(of language: String?) -> SpokenLocale? {
        if isTranslation { return .english }
        guard let language else { return nil }
        // "fr" says no more than the model does.
        for tag in tags where tag.contains(where: { "-_".contains($0) }) && WhisperLanguages.code(of: tag) == language {
            if let locale = SpokenLocale(tag) { return locale }
        }
        return SpokenLocale(language)
    }

    private func written(_ transcription: Transcription) -> Transcription {
        var whole = transcription
        guard let locale = locale(of: transcription.language) else {
            if let language = transcription.language {
                whole.warnings.append(
                    "text_format: only French and English have a written form, not '\(language)'; the text is as it was heard."
                )
            }
            return whole
        }
        whole.segments = transcription.segments.map { written($0, in: $0.language ?? transcription.language) }
        // Both languages have spaces between segments; a number that spans two stays as it was heard.
        let isJoined = transcription.text == transcription.segments.map(\.text).joined(separator: " ")
        whole.text =
            isJoined
            ? whole.segments.map(\.text).joined(separator: " ") : WrittenText(transcription.text, locale: locale).text
        return whole
    }

    private func written(_ segment: TranscribedSegment, in language: String?) -> TranscribedSegment {
        guard let locale = locale(of: language) else { return segment }
        let text = WrittenText(segment.text, locale: locale)
        guard text.isChanged else { return segment }
        var segment = segment
        segment.words = segment.words.map { Self.joined($0, of: segment.text, as: text) }
        segment.text = text.text
        return segment
    }

    // MARK: Words

    /// The words of the written text. Words that became one thing together are one word, from the start of the first to the end of
    /// the last, with the mean of their probabilities.
    private static func joined(
        _ words: [TranscribedWord], of original: String, as written: WrittenText
    ) -> [TranscribedWord] {
        let places = places(of: words, in: Array(original.unicodeScalars))
        // Words that do not match the text stay as they were heard.
        guard places.count == words.count else { return words }
        let scalars = Array(written.text.unicodeScalars)
        var (result, changes, index) = ([TranscribedWord](), written.changes[...], 0)
        // How much longer the written text is so far.
        var shift = 0
        while index < words.count {
            let (first, start) = (index, places[index].lowerBound + shift)
            index += 1
            var isChanged = false
            while let change = changes.first, change.from.lowerBound < places[index - 1].upperBound {
                isChanged = true
                changes = changes.dropFirst()
                shift += change.to.count - change.from.count
                while index < words.count, places[index].lowerBound < change.from.upperBound { index += 1 }
            }
            guard isChanged else {
                result.append(words[first])
                continue
            }
            let end = places[index - 1].upperBound + shift
            let text = String(String.UnicodeScalarView(scalars[start..<end]))
            let space = words[first].text.prefix { $0 == " " }
            let own = words[first..<index]
            result.append(
                TranscribedWord(
                    text: space + text, start: own.first?.start ?? 0, end: own.last?.end ?? 0,
                    probability: own.map(\.probability).reduce(0, +) / Double(own.count)))
        }
        return result
    }

    /// Where each word stands in the text, without the space around it; fewer than there are words where they say something else.
    private static func places(of words: [TranscribedWord], in text: [Unicode.Scalar]) -> [Range<Int>] {
        var (places, position) = ([Range<Int>](), 0)
        func skipBlanks() { while position < text.count, text[position].properties.isWhitespace { position += 1 } }
        for word in words {
            skipBlanks()
            let start = position
            for scalar in word.text.unicodeScalars where !scalar.properties.isWhitespace {
                if position > start { skipBlanks() }
                guard position < text.count, text[position] == scalar else { return places }
                position += 1
            }
            places.append(start..<position)
        }
        skipBlanks()
        return position == text.count ? places : []
    }
}
