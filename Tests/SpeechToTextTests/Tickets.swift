import Audio
import BridgeSupport
import BridgeTesting
import WorkScheduling

@testable import SpeechToText

// Tests ask what a service asks otherwise, as somebody who waits.

extension SpeechBackend {
    func transcribe(
        _ request: TranscriptionRequest, ticket: WorkTicket = .alone(),
        onSegment: @Sendable (TranscribedSegment) async throws -> Void
    ) async throws -> Transcription {
        for try await event in try await transcribe(
            request, audio: try await request.audio.open(), ticket: ticket)
        {
            switch event {
            case .segment(let segment): try await onSegment(segment)
            case .done(let whole): return whole
            }
        }
        throw ServiceError(.internal, "The whole is missing.")
    }
}

extension TranscriptionStream {
    /// Of a transcription without a segment.
    static func empty(by model: String) -> TranscriptionStream {
        var events: [TranscriptionEvent] = [
            .done(
                Transcription(
                    text: "", language: nil, confidence: 0, segments: [], model: model, audioDuration: 0))
        ]
        return TranscriptionStream { events.popLast() }
    }
}

extension AudioInput {
    /// Samples at 16 kHz; at least one.
    init(samples: [Float]) {
        self.init(samples.withUnsafeBytes { Array($0) }, encoding: .pcmF32LE)
    }
}

extension VoiceActivityDetector {
    func speech(
        in samples: [Float], options: SpeechSegmenter.Options = .transcription
    ) async throws -> [Range<Int>] {
        try await speech(in: samples, options: options, ticket: .alone())
    }

    func makeStream(options: SpeechSegmenter.Options = .transcription) -> VoiceActivityStream {
        makeStream(options: options, ticket: .alone())
    }
}

extension SpeechOnlySource where Source: ~Copyable {
    init(
        _ source: consuming Source, detector: VoiceActivityDetector, options: SpeechSegmenter.Options = .transcription,
        byStretches: Bool = false
    ) {
        self.init(source, detector: detector, options: options, byStretches: byStretches, ticket: .alone())
    }
}
