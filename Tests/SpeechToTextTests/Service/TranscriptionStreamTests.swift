import Audio
import BridgeSupport
import BridgeTesting
import Logging
import Testing
import WorkScheduling

@testable import SpeechToText

@Suite(.timeLimit(.minutes(2))) struct TranscriptionStreamTests {
    private let scheduler = WorkScheduler()
    private let gate = Gate(open: true)

    private func service(_ backend: any SpeechBackend) -> SpeechToTextService {
        SpeechToTextService(
            models: .fake(default: backend.modelID) { _ in backend },
            admission: scheduler.admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 0),
            logger: Logger(label: "test"))
    }

    private func speech(seconds: Int) -> TranscriptionRequest {
        TranscriptionRequest(
            audio: AudioInput(samples: TestSound.tone(seconds * 16_000)))
    }

    @Test func aSegmentIsMadeWhenItIsAskedFor() async throws {
        let service = service(FakeSpeechBackend(gate: gate))
        try await service.withTranscription(of: speech(seconds: 3)) { events in
            #expect(gate.arrivalCount == 0)
            for made in 1...3 {
                guard case .segment(let segment)? = try await events.next() else {
                    Issue.record("no segment")
                    return
                }
                #expect(segment.id == made - 1)
                #expect(gate.arrivalCount == made)
            }
            guard case .done(let whole)? = try await events.next() else {
                Issue.record("no end")
                return
            }
            #expect(whole.segments.count == 3)
            #expect(try await events.next() == nil)
        }
    }

    @Test func thePlaceIsHeldUntilTheLastEventIsTaken() async throws {
        let service = service(FakeSpeechBackend())
        try await service.withTranscription(of: speech(seconds: 2)) { events in
            while try await events.next() != nil { #expect(service.load.running == 1) }
            #expect(service.load.running == 1)
        }
        #expect(service.load.running == 0)
    }

    @Test func whoeverStopsReadingEndsTheWork() async throws {
        let service = service(FakeSpeechBackend(gate: gate))
        for _ in 0..<2 {
            try await service.withTranscription(of: speech(seconds: 30)) { events in _ = try await events.next() }
        }
        #expect(gate.arrivalCount == 2)
        #expect(service.load.running == 0)
    }

    /// Its first segment is there before the second window is read, and nothing computes while nobody reads on.
    @Test func theSegmentsOfALongFileComeWindowByWindow() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let samples = try ClipRecipe.render(try #require(try ClipRecipe.clips()["long-95-seconds"]))
        let sent = Watched(0)
        let audio = live(samples, sent: sent)
        let scheduler = scheduler
        let request = TranscriptionRequest(audio: audio, language: "fr", temperature: 0, vad: false)
        let (heard, whole) = try await service(backend).withTranscription(of: request) { events in
            var (heard, whole) = ([TranscribedSegment](), Transcription?.none)
            for try await event in events {
                #expect(scheduler.computingCount == 0)
                switch event {
                case .segment(let segment):
                    if heard.isEmpty { #expect(sent.value < 35 * 16_000) }
                    heard.append(segment)
                case .done(let transcription): whole = transcription
                }
            }
            return (heard, whole)
        }
        #expect(heard.count > 1 && heard == whole?.segments)
        #expect(sent.value == samples.count)
    }
}

/// Sends samples second by second while they are read, and counts them.
private func live(_ samples: [Float], sent: Watched<Int>) -> AudioInput {
    let seconds = AsyncThrowingStream<[UInt8], any Error> {
        let second = sent.update { count in
            let range = count..<min(samples.count, count + 16_000)
            count = range.upperBound
            return range
        }
        return second.isEmpty ? nil : samples[second].withUnsafeBytes { Array($0) }
    }
    return AudioInput(live: seconds, encoding: .pcmF32LE)
}
