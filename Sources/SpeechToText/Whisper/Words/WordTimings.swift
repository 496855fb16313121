/// Puts aligned words into their segments and cleans up their times, like openai-whisper's `add_word_timestamps`.
struct WordTimings {
    private static let sentenceEnds = ".。!！?？"
    private static let joinsNext = "\"'“¿([{-"
    private static let joinsPrevious = "\"'.。,，!！?？:：”)]}、"

    private var words: [AlignedWord]
    /// Seconds; at most 0.7.
    private let medianDuration: Double

    private var maximumDuration: Double { 2 * medianDuration }

    init(_ aligned: [AlignedWord]) {
        words = aligned
        let durations = aligned.map { $0.end - $0.start }.filter { $0 != 0 }.sorted()
        let middle = durations.count / 2
        let median =
            durations.isEmpty
            ? 0 : durations.count % 2 == 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2
        medianDuration = min(0.7, median)
        if !durations.isEmpty { shortenAtSentenceEnds() }
        mergeIntoNext()
        mergeIntoPrevious()
    }

    private mutating func shortenAtSentenceEnds() {
        for index in words.indices.dropFirst() where words[index].end - words[index].start > maximumDuration {
            if Self.sentenceEnds.holds(words[index].text) {
                words[index].end = words[index].start + maximumDuration
            } else if Self.sentenceEnds.holds(words[index - 1].text) {
                words[index].start = words[index].end - maximumDuration
            }
        }
    }

    private mutating func mergeIntoNext() {
        var following = words.count - 1
        for index in words.indices.dropLast().reversed() {
            guard words[index].text.hasPrefix(" "), Self.joinsNext.holds(words[index].text.trimmedWhitespace) else {
                following = index
                continue
            }
            words[following].text = words[index].text + words[following].text
            words[following].tokens = words[index].tokens + words[following].tokens
            words[index].text = ""
            words[index].tokens = []
        }
    }

    private mutating func mergeIntoPrevious() {
        var previous = 0
        for index in words.indices.dropFirst() {
            guard !words[previous].text.hasSuffix(" "), Self.joinsPrevious.holds(words[index].text) else {
                previous = index
                continue
            }
            words[previous].text += words[index].text
            words[previous].tokens += words[index].tokens
            words[index].text = ""
            words[index].tokens = []
        }
    }

    /// Gives `segments` their words, and the words' times if these are better than the segments' own.
    ///
    /// - Parameters:
    ///   - segments: with times in seconds from the start of the audio.
    ///   - offset: start of the window, in seconds.
    ///   - lastSpeech: end of the last segment so far; updated.
    func apply(to segments: inout [TimedSegment], offset: Double, endOfText: Int, lastSpeech: inout Double) {
        var index = 0
        for place in segments.indices {
            let count = segments[place].tokens.count { $0 < endOfText }
            var saved = 0
            var own: [TranscribedWord] = []
            while index < words.count, saved < count {
                let word = words[index]
                if !word.text.isEmpty {
                    own.append(
                        TranscribedWord(
                            text: word.text, start: rounded(offset + word.start), end: rounded(offset + word.end),
                            probability: word.probability))
                }
                saved += word.tokens.count
                index += 1
            }
            if !own.isEmpty {
                limitFirstWords(&own, after: lastSpeech)
                agree(&own, &segments[place])
                lastSpeech = segments[place].end
            }
            segments[place].words = own
        }
    }

    /// The first two words after a pause last at most twice the median.
    private func limitFirstWords(_ words: inout [TranscribedWord], after lastSpeech: Double) {
        guard words[0].end - lastSpeech > medianDuration * 4 else { return }
        let firstIsLong = words[0].end - words[0].start > maximumDuration
        let bothAreLong = words.count > 1 && words[1].end - words[0].start > maximumDuration * 2
        guard firstIsLong || bothAreLong else { return }
        if words.count > 1, words[1].end - words[1].start > maximumDuration {
            let boundary = max(words[1].end / 2, words[1].end - maximumDuration)
            words[0].end = boundary
            words[1].start = boundary
        }
        words[0].start = max(0, words[0].end - maximumDuration)
    }

    /// Word times move the segment's, unless the first or last word is so long that the segment's own times are better.
    private func agree(_ words: inout [TranscribedWord], _ segment: inout TimedSegment) {
        if segment.start < words[0].end, segment.start - 0.5 > words[0].start {
            words[0].start = max(0, min(words[0].end - medianDuration, segment.start))
        } else {
            segment.start = words[0].start
        }
        let last = words.count - 1
        if segment.end > words[last].start, segment.end + 0.5 < words[last].end {
            words[last].end = max(words[last].start + medianDuration, segment.end)
        } else {
            segment.end = words[last].end
        }
    }

    private func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded(.toNearestOrEven) / 100 }
}

/// A segment with times in seconds from the start of the decoded audio.
struct TimedSegment: Sendable, Hashable {
    var start: Double
    var end: Double
    var tokens: [Int]
    /// 0…1; exp of the mean log-probability of the text tokens.
    var confidence = 0.0
    var words: [TranscribedWord]?
}
