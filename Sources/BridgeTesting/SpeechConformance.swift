import Audio
import BridgeSupport
public import SpeechToText
import WorkScheduling

/// What every `SpeechBackend` must do. Each backend's tests run all of it against their own model.
///
/// A check throws ``ConformanceViolation``.
public struct SpeechConformance: Sendable {
    /// Audio that breaks off.
    private struct Broken: Error {}

    private let backend: any SpeechBackend
    private let speech: [Float]

    /// - Parameters:
    ///   - backend: ready to listen.
    ///   - speech: mono, 16 kHz, in which the model hears something.
    public init(_ backend: any SpeechBackend, speech: [Float]) { (self.backend, self.speech) = (backend, speech) }

    /// - Throws: ``ConformanceViolation`` for the first broken promise, or what the backend throws.
    public func run() async throws {
        try require(!backend.modelID.isEmpty && !backend.languages.isEmpty, "the model has no name, or no language")
        try await hearsSpeechInOrder()
        try await hearsNothingInSilence()
        try await answersInTheLanguageAskedFor()
        try await refusesLanguagesThatItLacks()
        try await holdsNoPermitForItsReader()
        try await passesErrorsOfItsAudioThrough()
        try await requireCancellation("a transcription") { cancel in
            let stream = try await stream(of: MemoryPCMSource(samples: speech, sampleRate: 16_000))
            _ = try await stream.next()
            await cancel()
            for try await _ in stream {}
        }
    }

    private func hearsSpeechInOrder() async throws {
        let events = try await events(of: speech)
        let segments = events.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
        guard case .done(let whole)? = events.last else {
            throw ConformanceViolation(description: "the last event is not the whole")
        }
        try require(events.count == segments.count + 1, "there is more than one whole")
        try require(!segments.isEmpty, "nothing was heard")
        try require(segments == whole.segments, "the segments that were handed out are not those of the whole")
        try require(!whole.text.isEmpty, "the whole has no text")
        try require(whole.model == backend.modelID, "the answer names another model")
        try require(backend.languages.contains(whole.language ?? ""), "the answer is in no language of the model")
        try require((0...1).contains(whole.confidence), "a confidence lies outside 0…1")
        try require(abs(whole.audioDuration - Double(speech.count) / 16_000) < 0.01, "the audio has another length")
        try require(segments.allSatisfy { $0.language == whole.language }, "a segment is in another language")
        try check(segments)
    }

    private func check(_ segments: [TranscribedSegment]) throws {
        try require(segments.map(\.id) == Array(segments.indices), "the segments are not counted from 0")
        try require(zip(segments, segments.dropFirst()).allSatisfy { $0.start <= $1.start }, "time runs backwards")
        for segment in segments {
            try require(0 <= segment.start && segment.start <= segment.end, "a segment ends before it begins")
            try require(!segment.text.isEmpty, "a segment has no text")
            try require((0...1).contains(segment.confidence), "a confidence lies outside 0…1")
        }
    }

    private func hearsNothingInSilence() async throws {
        for samples in [[Float](repeating: 0, count: 48_000), []] {
            let whole = try await whole(of: samples)
            try require(whole.segments.isEmpty && whole.text.isEmpty, "something was heard in silence")
            try require(whole.confidence == 0 && whole.language == nil, "silence was heard with confidence")
        }
    }

    private func answersInTheLanguageAskedFor() async throws {
        for language in backend.languages.prefix(2) {
            let heard = try await whole(of: Array(speech.prefix(16_000)), in: language).language
            try require(heard == language, "speech in \(language) was heard in \(heard ?? "no language")")
        }
    }

    private func refusesLanguagesThatItLacks() async throws {
        do {
            _ = try await whole(of: speech, in: "xx")
        } catch let error as ServiceError where error.code == .invalidRequest && error.param == "language" {
            return
        }
        throw ConformanceViolation(description: "a language that the model lacks was not refused")
    }

    /// If it were held, nobody else could have the only one.
    private func holdsNoPermitForItsReader() async throws {
        let scheduler = WorkScheduler(permits: 1)
        let stream = try await stream(
            of: MemoryPCMSource(samples: speech, sampleRate: 16_000), ticket: scheduler.ticket(.interactive))
        _ = try await stream.next()
        try await scheduler.ticket(.interactive).withPermit { _ in }
    }

    private func passesErrorsOfItsAudioThrough() async throws {
        do {
            for try await _ in try await stream(of: BreakingSource(samples: speech)) {}
        } catch is Broken {
            return
        }
        throw ConformanceViolation(description: "audio that breaks off was taken for whole")
    }

    private struct BreakingSource: PCMSource, ~Copyable {
        var samples: [Float]
        var sampleRate: Int { 16_000 }

        mutating func read(_ count: Int) throws -> [Float] {
            if samples.isEmpty { throw Broken() }
            defer { samples.removeFirst(min(count, samples.count)) }
            return Array(samples.prefix(count))
        }
    }

    private func whole(of samples: [Float], in language: String? = nil) async throws -> Transcription {
        guard case .done(let whole)? = try await events(of: samples, in: language).last else {
            throw ConformanceViolation(description: "the last event is not the whole")
        }
        return whole
    }

    private func events(of samples: [Float], in language: String? = nil) async throws -> [TranscriptionEvent] {
        let stream = try await stream(of: MemoryPCMSource(samples: samples, sampleRate: 16_000), in: language)
        var events: [TranscriptionEvent] = []
        for try await event in stream { events.append(event) }
        try require(try await stream.next() == nil, "there is more behind the end")
        return events
    }

    private func stream<Source: PCMSource & ~Copyable>(
        of audio: consuming Source, in language: String? = nil, ticket: WorkTicket = .alone()
    ) async throws -> TranscriptionStream {
        let request = TranscriptionRequest(audio: AudioInput([]), language: language, temperature: 0, vad: false)
        return try await backend.transcribe(request, audio: audio, ticket: ticket)
    }
}
