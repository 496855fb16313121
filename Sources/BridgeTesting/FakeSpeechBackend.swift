public import Audio
public import BridgeSupport
public import SpeechToText
public import WorkScheduling

/// Reads all the audio and "hears" one segment for each second of it that is not silent.
public final class FakeSpeechBackend: SpeechBackend {
    public let modelID: String
    public let languages: [String]
    private let words: String
    private let gate: Gate
    private let failure: Watched<(any Error)?>
    private let recorded = Watched<[TranscriptionRequest]>([])
    private let urgencyRecord = Watched<[Urgency]>([])

    /// - Parameters:
    ///   - words: the text of every segment.
    ///   - gate: each segment waits at it; open by default.
    public init(
        modelID: String = "fake-whisper", languages: [String] = ["fr", "en"], words: String = "bonjour",
        gate: Gate = Gate(open: true), failing error: (any Error)? = nil
    ) {
        self.modelID = modelID
        self.languages = languages
        self.words = words
        self.gate = gate
        failure = Watched(error)
    }

    /// The requests so far; their audio has been read.
    public var calls: [TranscriptionRequest] { recorded.value }

    /// The urgency of each of them when it began.
    public var urgencies: [Urgency] { urgencyRecord.value }

    /// Makes every later call throw `error`, or work again if it is nil.
    public func fail(with error: (any Error)?) {
        failure.update { $0 = error }
    }

    public func calls(atLeast count: Int) async throws {
        try await recorded.wait { $0.count >= count }
    }

    public func transcribe<Source: PCMSource & ~Copyable>(
        _ request: TranscriptionRequest, audio: consuming Source, ticket: WorkTicket
    ) async throws -> TranscriptionStream {
        recorded.update { $0.append(request) }
        urgencyRecord.update { $0.append(ticket.urgency) }
        if let error = failure.value { throw error }
        if let language = request.language, !languages.contains(language) {
            throw ServiceError.invalid("language", "The fake does not know the language '\(language)'.")
        }
        var segments: [TranscribedSegment] = []
        var seconds = 0.0
        var isDone = false
        var audio = audio
        return TranscriptionStream { [self] in
            while !isDone {
                let second = try await Self.second(of: &audio)
                guard !second.isEmpty else { break }
                let start = seconds
                seconds += Double(second.count) / Double(audio.sampleRate)
                guard second.contains(where: { abs($0) > 1e-4 }) else { continue }
                try await gate.pass()
                segments.append(
                    TranscribedSegment(
                        id: segments.count, start: start, end: seconds, text: words, confidence: 0.9,
                        words: request.wordTimestamps ? timed(from: start, to: seconds) : nil,
                        language: request.language ?? languages.first))
                return segments.last.map(TranscriptionEvent.segment)
            }
            defer { isDone = true }
            return isDone ? nil : .done(whole(segments, of: request, seconds: seconds))
        }
    }

    private func whole(_ segments: [TranscribedSegment], of request: TranscriptionRequest, seconds: Double)
        -> Transcription
    {
        Transcription(
            text: segments.map(\.text).joined(separator: " "),
            language: request.language ?? (segments.isEmpty ? nil : languages.first),
            languageProbability: request.language == nil && !segments.isEmpty ? 0.75 : nil,
            confidence: segments.isEmpty ? 0 : 0.9, segments: segments, model: modelID, audioDuration: seconds)
    }

    /// The words, each as long as the others.
    private func timed(from start: Double, to end: Double) -> [TranscribedWord] {
        let texts = words.split(separator: " ")
        let length = (end - start) / Double(max(1, texts.count))
        return texts.enumerated().map { index, text in
            TranscribedWord(
                text: (index > 0 ? " " : "") + text, start: start + Double(index) * length,
                end: start + Double(index + 1) * length, probability: 0.9)
        }
    }

    private static func second<Source: PCMSource & ~Copyable>(of audio: inout Source) async throws -> [Float] {
        var second: [Float] = []
        while second.count < audio.sampleRate {
            let piece = try await audio.read(audio.sampleRate - second.count)
            if piece.isEmpty { break }
            second += piece
        }
        return second
    }
}
