import Audio
import BridgeSupport
import BridgeTesting
import Logging
import Synchronization
import Testing
import WorkScheduling

@testable import SpeechToText

/// A recogniser that says what it was asked.
private struct EchoBackend: SpeechBackend {
    var modelID = "echo"
    var languages = ["fr"]
    var gate: Gate?

    func transcribe<Source: PCMSource & ~Copyable>(
        _ request: TranscriptionRequest, audio: consuming Source, ticket: WorkTicket
    ) async throws -> TranscriptionStream {
        while try await !audio.read(1000).isEmpty {}
        try await gate?.pass()
        let segment = TranscribedSegment(id: 0, start: 0, end: 1, text: request.prompt ?? "", confidence: 0.5)
        let whole = Transcription(
            text: segment.text, language: request.language, confidence: 0.5, segments: [segment], model: modelID,
            audioDuration: 1)
        var events: [TranscriptionEvent] = [.done(whole), .segment(segment)]
        return TranscriptionStream { events.popLast() }
    }
}

@Suite(.timeLimit(.minutes(1))) struct SpeechToTextServiceTests {
    private func service(
        default model: String? = "echo", gate: Gate? = nil, queue: Int = 8,
        clock: any Clock<Duration> = ContinuousClock(),
        load: (@Sendable (String) async throws -> any SpeechBackend)? = nil
    ) -> SpeechToTextService {
        SpeechToTextService(
            models: .fake(default: model, load: load ?? { id in EchoBackend(modelID: id, gate: gate) }),
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: queue),
            logger: Logger(label: "test"), clock: clock)
    }

    @Test func theClockMeasuresRequests() async throws {
        let (clock, gate) = (ManualClock(), Gate())
        let service = service(gate: gate, clock: clock)
        async let transcription = service.transcribe(request())
        try await gate.arrivals(atLeast: 1)
        clock.advance(by: .seconds(3))
        gate.open()
        #expect(try await transcription.timings.total == .seconds(3))
    }

    private func request(_ change: (inout TranscriptionRequest) -> Void = { _ in }) -> TranscriptionRequest {
        var request = TranscriptionRequest(
            audio: AudioInput(samples: [0, 0.1]), prompt: "Salut")
        change(&request)
        return request
    }

    private func error(_ service: SpeechToTextService, _ request: TranscriptionRequest) async -> ServiceError? {
        do {
            _ = try await service.transcribe(request)
            return nil
        } catch {
            return error as? ServiceError
        }
    }

    @Test func passesRequestSegmentsAndTimings() async throws {
        let (heard, whole) = try await service().withTranscription(of: request { $0.language = "fr" }) { events in
            var (heard, whole) = ([String](), Transcription?.none)
            for try await event in events {
                switch event {
                case .segment(let segment): heard.append(segment.text)
                case .done(let transcription): whole = transcription
                }
            }
            return (heard, whole)
        }
        let made = try #require(whole)
        #expect(made.text == "Salut" && made.language == "fr" && made.model == "echo")
        #expect(heard == ["Salut"])
        #expect(made.timings.total >= made.timings.compute)
    }

    @Test func theTimeThatAReaderTakesIsNoWorkOfTheServer() async throws {
        let timings = try await service().withTranscription(of: request()) { events in
            _ = try await events.next()
            try await Task.sleep(for: .milliseconds(200))
            guard case .done(let whole)? = try await events.next() else { return StageTimings?.none }
            return whole.timings
        }
        let made = try #require(timings)
        #expect(made.total >= .milliseconds(200) && made.total - made.compute >= .milliseconds(200))
    }

    @Test func namedModelIsTheOneThatAnswers() async throws {
        #expect(try await service().transcribe(request { $0.model = "other" }).model == "other")
    }

    @Test(arguments: [-0.1, 1.1, .nan, .infinity])
    func temperatureOutOfRange(_ temperature: Double) async {
        let error = await error(service(), request { $0.temperature = temperature })
        #expect(error?.code == .invalidRequest && error?.param == "temperature")
    }

    /// A wish of the configuration that a model cannot fulfil refuses nobody.
    @Test(arguments: [
        (["fr", "en"], ["fr", "en"]), (["de", "French"], ["fr"]), (["de"], nil), (["all"], nil), (["fr", "ALL"], nil),
    ])
    func candidatesAreThoseThatTheModelKnows(_ house: [String], passed: [String]?) async throws {
        let backend = FakeSpeechBackend()
        let service = SpeechToTextService(
            models: .fake(default: "fake", load: { _ in backend }), languages: house,
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 8),
            logger: Logger(label: "test"))
        _ = try await service.transcribe(request())
        #expect(backend.calls.last?.languages == passed)
    }

    @Test(arguments: [[], ["klingon"], ["fr", ""]])
    func candidatesThatAreNoLanguages(_ languages: [String]) async {
        let error = await error(service(), request { $0.languages = languages })
        #expect(error?.code == .invalidRequest && error?.param == "languages")
    }

    @Test(arguments: [0, -1, 11])
    func beamSizeOutOfRange(_ size: Int) async {
        let error = await error(service(), request { $0.beamSize = size })
        #expect(error?.code == .invalidRequest && error?.param == "beam_size")
    }

    /// The second and third are few characters to look at, and of many code points.
    @Test(arguments: [("a", 4097), ("\u{301}", 4097), ("👩‍👩‍👧‍👦", 600)])
    func promptTooLong(_ unit: String, _ count: Int) async {
        let error = await error(service(), request { $0.prompt = String(repeating: unit, count: count) })
        #expect(error?.code == .invalidRequest && error?.param == "prompt")
        #expect(error?.message.contains(unit + unit) == false)
    }

    @Test(arguments: ["a", "\u{1F1EB}"]) func promptAtTheLimit(_ scalar: String) async {
        #expect(await error(service(), request { $0.prompt = String(repeating: scalar, count: 4096) }) == nil)
    }

    @Test(arguments: ["auto", "AUTO", ""]) func languageToBeDetected(_ language: String) async throws {
        #expect(try await service().transcribe(request { $0.language = language }).language == nil)
    }

    /// A model that is not in memory yet keeps nobody from using one that is.
    @Test func aModelThatIsBeingLoadedHoldsNoPlace() async throws {
        let gate = Gate()
        let service = service { id in
            if id == "cold" { try await gate.pass() }
            return EchoBackend(modelID: id)
        }
        try await service.warmUp()
        try await withThrowingTaskGroup(of: Duration.self) { group in
            for _ in 0..<5 {
                group.addTask { try await service.transcribe(request { $0.model = "cold" }).timings.load }
            }
            try await settle(service.load, running: 0, queued: 5)
            #expect(service.load.running == 0)
            #expect(try await service.transcribe(request()).model == "echo")
            gate.open()
            for try await load in group { #expect(load > .zero) }
        }
        #expect(service.load.queued == 0)
    }

    @Test func whoeverCannotBeTakenIsRefusedBeforeItsModelIsLoaded() async throws {
        let gate = Gate()
        let loaded = Mutex<[String]>([])
        let service = service(gate: gate, queue: 0) { id in
            loaded.withLock { $0.append(id) }
            return EchoBackend(modelID: id, gate: gate)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(request()) }
            try await settle(service.load, running: 1, queued: 0)
            #expect(await error(service, request { $0.model = "cold" })?.code == .overloaded)
            gate.open()
            try await group.waitForAll()
        }
        #expect(loaded.withLock { $0 } == ["echo"])
    }

    @Test func noDefaultModel() async {
        let service = service(default: nil)
        #expect(await error(service, request())?.code == .modelNotInstalled)
        await #expect(throws: ServiceError.self) { try await service.warmUp() }
    }

    @Test func unknownModelPassesThrough() async {
        let service = service { id in throw ServiceError(.modelNotFound, "There is no model '\(id)'.", param: "model") }
        #expect(await error(service, request())?.code == .modelNotFound)
    }

    @Test func warmingUpLoadsTheDefaultModel() async throws {
        let loads = Watched<[String]>([])
        let service = service { id in
            loads.update { $0.append(id) }
            return EchoBackend(modelID: id)
        }
        try await service.warmUp()
        #expect(loads.value == ["echo"])
    }

    @Test func fullQueueRefusesAtOnce() async throws {
        let gate = Gate()
        let service = service(gate: gate, queue: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(request()) }
            try await settle(service.load, running: 1, queued: 0)
            let refusal = await error(service, request())
            #expect(refusal?.code == .overloaded && refusal?.retryAfter != nil)
            gate.open()
            try await group.waitForAll()
        }
    }
}
