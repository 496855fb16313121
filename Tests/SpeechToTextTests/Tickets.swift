import Audio
import BridgeTesting
import SpeechToText
import WorkScheduling

// Tests ask what a service asks otherwise, as somebody who waits.

extension SpeechBackend {
    func transcribe(
        _ request: TranscriptionRequest, onSegment: @Sendable (TranscribedSegment) async throws -> Void
    ) async throws -> Transcription {
        try await transcribe(request, ticket: .alone(), onSegment: onSegment)
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

extension SpeechOnlySource {
    init(
        _ source: any PCMSource, detector: VoiceActivityDetector, options: SpeechSegmenter.Options = .transcription,
        byStretches: Bool = false
    ) {
        self.init(source, detector: detector, options: options, byStretches: byStretches, ticket: .alone())
    }
}
