import Audio
import BridgeSupport
import BridgeTesting
import EspeakNG
import Logging
import Testing
import WorkScheduling
@testable import TextToSpeech

@Suite(.timeLimit(.minutes(5))) struct TextToSpeechServiceTests {
    private func service(
        default voice: String? = "tones", running: Int = 1, queued: Int = 8, maximumSeconds: Int = 1800
    ) -> TextToSpeechService {
        TextToSpeechService(
            voices: .fake(default: voice) { id in
                switch id {
                case "tones", "duet": try Fixtures.voice(id)
                case "espeak-fr": try EspeakVoice(voiceID: id, espeak: EspeakNG.shared())
                case "broken": throw ServiceError(.modelNotInstalled, "The voice \"broken\" is cut off.")
                default: throw ServiceError(.voiceNotFound, "There is no voice \"\(id)\".", param: "voice")
                }
            }, settings: .init(maximumSeconds: maximumSeconds, maximumSecondsName: "limits.speech_seconds"),
            admission: WorkScheduler().admission(what: "text-to-speech", maxConcurrent: running, maxQueued: queued),
            logger: Logger(label: "test"))
    }

    @Test func theClockMeasuresRequests() async throws {
        let (clock, gate) = (ManualClock(), Gate())
        let service = TextToSpeechService(
            voices: .fake(default: "fake-voice") { _ in FakeVoiceBackend(gate: gate) },
            admission: WorkScheduler().admission(what: "text-to-speech", maxConcurrent: 1, maxQueued: 1),
            logger: Logger(label: "test"), clock: clock)
        async let speech = service.synthesize(SynthesisRequest(text: "Oui."))
        try await gate.arrivals(atLeast: 1)
        clock.advance(by: .seconds(3))
        gate.open()
        let timings = try await speech.timings
        #expect(timings.compute == .seconds(3) && timings.total == .seconds(3))
    }

    @Test func speaksAndTellsSentences() async throws {
        let gathered = Gathered()
        let speech = try await service().synthesize(SynthesisRequest(text: "Le chat dort. Il rêve.")) {
            await gathered.append($0)
        }
        #expect(speech.voice == "tones" && speech.sampleRate == 22050)
        #expect(await gathered.sentences.map(\.text) == ["Le chat dort.", "Il rêve."])
        #expect(await gathered.sentences.flatMap(\.samples) == speech.samples)
        #expect(speech.timings.total >= speech.timings.compute && speech.timings.compute > .zero)
        #expect(abs(speech.duration - Double(speech.samples.count) / 22050) < 1e-9)
    }

    @Test(arguments: [Double.nan, .infinity, 0, -1, 0.249, 4.01])
    func refusesSpeedsOutOfRange(_ speed: Double) async {
        let error = await serviceError {
            _ = try await service().synthesize(SynthesisRequest(text: "Oui.", speed: speed))
        }
        #expect(error?.code == .invalidRequest && error?.param == "speed")
    }

    @Test(arguments: [0.25, 4])
    func takesTheSpeedsAtTheEnds(_ speed: Double) async throws {
        let speech = try await service().synthesize(SynthesisRequest(text: "Oui.", speed: speed))
        #expect(!speech.samples.isEmpty)
    }

    @Test func refusesOtherNumbersOutOfRange() async {
        for (request, param) in [
            (SynthesisRequest(text: "a", volume: .nan), "volume"), (SynthesisRequest(text: "a", volume: -1), "volume"),
            (SynthesisRequest(text: "a", sentenceSilence: .infinity), "sentence_silence"),
        ] {
            #expect(await serviceError { _ = try await service().synthesize(request) }?.param == param)
        }
    }

    @Test(arguments: ["tones", "espeak-fr"], ["", "   ", "\n\t\u{A0}", "!", "…", "-", "()", "\u{200B}", "\u{1}"])
    func refusesTextWithNothingToSpeak(_ voice: String, _ text: String) async {
        let error = await serviceError {
            _ = try await service().synthesize(SynthesisRequest(text: text, voice: voice))
        }
        #expect(error?.code == .invalidRequest && error?.param == "text")
    }

    @Test func refusesBlocksWithNothingInThem() async {
        let error = await serviceError { _ = try await service().synthesize(SynthesisRequest(text: "[[ ]]")) }
        #expect(error?.param == "text")
    }

    @Test func refusesSpeechThatBecomesTooLong() async throws {
        let service = service(maximumSeconds: 2)
        let gathered = Gathered()
        let error = await serviceError {
            _ = try await service.synthesize(SynthesisRequest(text: String(repeating: "Bonjour. ", count: 1000))) {
                await gathered.append($0)
            }
        }
        #expect(error?.code == .invalidRequest && error?.param == "text")
        #expect(error?.message.contains("2 s") == true && error?.message.contains("limits.speech_seconds") == true)
        // It does not go on to the end only to throw all away.
        #expect(await gathered.sentences.flatMap(\.samples).count <= 2 * 22050)
        #expect(try await !service.synthesize(SynthesisRequest(text: "Oui.")).samples.isEmpty)
    }

    /// Encoding long speech takes memory and time: no more requests do so at once than are admitted.
    @Test func speechIsFinishedWhileItsRequestIsAdmitted() async throws {
        let service = service()
        let running = try await service.withSpeech(of: SynthesisRequest(text: "Oui.")) { speech in
            for try await sentence in speech { #expect(!sentence.samples.isEmpty) }
            return service.load.running
        }
        #expect(running == 1)
        #expect(service.load.running == 0)
    }

    @Test func encodesWhatItSpeaks() async throws {
        let request = SynthesisRequest(text: "Le chat dort. Il rêve.")
        let speech = try await service().synthesize(request)
        let raw = try await service().encode(request, as: .pcmS16LE)
        #expect(raw.bytes.count == speech.samples.count * 2 && raw.sampleRate == 22050)
        #expect(raw.voice == "tones" && raw.format == .pcmS16LE && raw.duration == speech.duration)
        #expect(raw.timings.total >= raw.timings.compute)
        #expect(try await service().encode(request, as: .opus).sampleRate == 48000)
    }

    @Test func countsCharacters() async throws {
        let most = String(repeating: "é ", count: 10_000)
        let error = await serviceError { _ = try await service().synthesize(SynthesisRequest(text: most + "é")) }
        #expect(error?.param == "text" && error?.message.contains("20001") == true)
        #expect(throws: Never.self) { try SynthesisRequest(text: most).validate() }
    }

    @Test func speaksTheLongestTextWithoutAnyMark() async throws {
        let text = String(String(repeating: "bonjour tout le monde ", count: 1000).prefix(20_000))
        let gathered = Gathered()
        let speech = try await service().synthesize(SynthesisRequest(text: text, speed: 4)) {
            await gathered.append($0)
        }
        // Every id costs a frame at least.
        let sizes = await gathered.sentences.map(\.samples.count)
        #expect(sizes.count > 20 && speech.samples.count == sizes.reduce(0, +))
        #expect(sizes.allSatisfy { $0 < 256 * 3 * 1100 })
    }

    @Test(arguments: [
        "../tones", "/etc/passwd", "a/b", "a\\b", ".", "..", "", "voix\0", "a b", String(repeating: "a", count: 300),
    ])
    func pathsAreNoVoices(_ voice: String) async {
        let error = await serviceError {
            _ = try await service().synthesize(SynthesisRequest(text: "Oui.", voice: voice))
        }
        #expect(error?.code == .voiceNotFound && error?.param == "voice")
    }

    @Test func unknownVoicesAreNotFound() async {
        let error = await serviceError {
            _ = try await service().synthesize(SynthesisRequest(text: "Oui.", voice: "nobody"))
        }
        #expect(error?.code == .voiceNotFound)
    }

    @Test func withoutAnyVoiceItSaysWhatToDo() async {
        let service = service(default: nil)
        let error = await serviceError { _ = try await service.synthesize(SynthesisRequest(text: "Oui.")) }
        #expect(error?.code == .modelNotInstalled && error?.message == "No model is installed.")
        #expect(await serviceError { try await service.warmUp() }?.code == .modelNotInstalled)
    }

    @Test func warmingUpSpeaksWithTheDefaultVoice() async throws {
        try await service().warmUp()
        try await service(default: "espeak-fr").warmUp()
        let error = await serviceError { try await service(default: "broken").warmUp() }
        #expect(error?.message.contains("cut off") == true)
    }

    @Test func whatACallbackThrowsEndsTheWork() async throws {
        struct Enough: Error {}
        await #expect(throws: Enough.self) {
            _ = try await service().synthesize(SynthesisRequest(text: "Un. Deux. Trois.")) { sentence in
                if sentence.index == 1 { throw Enough() }
            }
        }
    }

    @Test func cancellingStopsBetweenSentences() async throws {
        let service = service()
        let gathered = Gathered()
        let task = Task {
            try await service.synthesize(SynthesisRequest(text: String(repeating: "Oui. ", count: 2000))) { sentence in
                await gathered.append(sentence)
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(await gathered.sentences.count == 1)
        #expect(service.load.running == 0)
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        let service = service(running: 1, queued: 0)
        let error = KeptError()
        _ = try await service.synthesize(SynthesisRequest(text: "Oui.")) { _ in
            await error.set(await serviceError { _ = try await service.synthesize(SynthesisRequest(text: "Non.")) })
        }
        #expect(await error.value?.code == .overloaded)
    }
}

private actor KeptError {
    var value: ServiceError?
    func set(_ error: ServiceError?) { value = error }
}
