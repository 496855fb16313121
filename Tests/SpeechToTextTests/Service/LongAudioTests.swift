import Audio
import BridgeSupport
import BridgeTesting
import Logging
import Testing
import WorkScheduling

@testable import SpeechToText

/// Silence, `seconds` of it, sent while it is read, and then no end until somebody opens the gate.
private func silence(seconds: Int, sent: Watched<Int> = Watched(0), end: Gate) -> AudioInput {
    let stream = AsyncThrowingStream<[UInt8], any Error> {
        let second = sent.update { count in
            count += 1
            return count
        }
        if second <= seconds { return [UInt8](repeating: 0, count: 32_000) }
        try await end.pass()
        return nil
    }
    return AudioInput(live: stream, encoding: .pcmS16LE)
}

/// Reads nothing before somebody opens the gate.
private struct WaitingBackend: SpeechBackend {
    let modelID = "waiting"
    let languages = ["fr"]
    let gate: Gate

    func transcribe<Source: PCMSource & ~Copyable>(
        _ request: TranscriptionRequest, audio: consuming Source, ticket: WorkTicket
    ) async throws -> TranscriptionStream {
        try await gate.pass()
        return .empty(by: modelID)
    }
}

@Suite(.timeLimit(.minutes(1))) struct LongAudioTests {
    private let backend = FakeSpeechBackend()
    private let end = Gate()

    private func service(places: Int) -> SpeechToTextService {
        SpeechToTextService(
            models: .fake(default: "fake-whisper") { [backend] _ in backend },
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: places, maxQueued: 8),
            logger: Logger(label: "test"))
    }

    private func file(seconds: Int) -> TranscriptionRequest {
        TranscriptionRequest(audio: silence(seconds: seconds, end: end))
    }

    private var command: TranscriptionRequest {
        TranscriptionRequest(audio: AudioInput(samples: TestSound.tone(16_000)))
    }

    @Test(arguments: [1, 2])
    func aShortCommandIsAnsweredBesideLongFilesWithoutEnd(places: Int) async throws {
        let service = service(places: places)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<places { group.addTask { _ = try await service.transcribe(file(seconds: 61)) } }
            try await end.arrivals(atLeast: places)
            // One more has had its minute, and waits to go on; that keeps no place either.
            group.addTask { _ = try await service.transcribe(file(seconds: 61)) }
            try await settle(service.load, running: places, queued: 1)
            #expect(try await service.transcribe(command).text == "bonjour")
            try await settle(service.load, running: places, queued: 1)
            end.open()
            try await group.waitForAll()
        }
        try await settle(service.load, running: 0, queued: 0)
    }

    @Test func aRecordingOfAMinuteKeepsItsPlace() async throws {
        let service = service(places: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(file(seconds: 60)) }
            try await end.arrivals(atLeast: 1)
            group.addTask { _ = try await service.transcribe(command) }
            try await settle(service.load, running: 1, queued: 1)
            end.open()
            try await group.waitForAll()
        }
    }

    /// Of silence, as raw samples or as a WAV.
    private func recording(seconds: Int, rate: Int, asWAV: Bool) -> TranscriptionRequest {
        let samples = [UInt8](repeating: 0, count: seconds * rate * 2)
        return TranscriptionRequest(
            audio: asWAV
                ? AudioInput(LinearPCM(bits: 16, sampleRate: rate, channels: 1).wav(samples), encoding: .wav)
                : AudioInput(samples, encoding: .pcmS16LE, sampleRate: rate), model: "waiting")
    }

    /// The model that would transcribe them never begins to read.
    @Test(arguments: [(true, 16_000), (true, 8_000), (false, 16_000), (false, 8_000)])
    func aRecordingKnownToBeLongTakesNoOrdinaryPlace(asWAV: Bool, rate: Int) async throws {
        let service = SpeechToTextService(
            models: .fake(default: "fake-whisper") { [backend, end] id in
                id == "waiting" ? WaitingBackend(gate: end) as any SpeechBackend : backend
            },
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 8),
            logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(recording(seconds: 61, rate: rate, asWAV: asWAV)) }
            try await end.arrivals(atLeast: 1)
            for _ in 0..<3 {
                group.addTask { _ = try await service.transcribe(recording(seconds: 61, rate: rate, asWAV: asWAV)) }
            }
            try await settle(service.load, running: 1, queued: 3)
            #expect(try await service.transcribe(command).text == "bonjour")
            // One that lasts a minute is not long.
            group.addTask { _ = try await service.transcribe(recording(seconds: 60, rate: rate, asWAV: asWAV)) }
            try await end.arrivals(atLeast: 2)
            group.addTask { _ = try await service.transcribe(command) }
            try await settle(service.load, running: 2, queued: 4)
            end.open()
            try await group.waitForAll()
        }
        try await settle(service.load, running: 0, queued: 0)
    }

    @Test
    func aCompressedRecordingTakesNoOrdinaryPlace() async throws {
        let service = SpeechToTextService(
            models: .fake(default: "waiting") { [backend, end] id in
                id == "waiting" ? WaitingBackend(gate: end) as any SpeechBackend : backend
            },
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 8),
            logger: Logger(label: "test"))
        let decoder = try await StandInDecoder(seconds: 600)
        defer { decoder.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask { _ = try await service.transcribe(decoder.request) }
            }
            try await end.arrivals(atLeast: 1)
            try await settle(service.load, running: 1, queued: 5)
            // All of them were looked at and closed again; the one whose turn it is was opened anew.
            try await decoder.settle(started: 7, running: 1)
            var short = command
            short.model = "fake-whisper"
            #expect(try await service.transcribe(short).text == "bonjour")
            end.open()
            try await group.waitForAll()
        }
    }

    @Test func recordingsOfUnknownLengthRefuseNoCommand() async throws {
        let service = SpeechToTextService(
            models: .fake(default: "fake-whisper") { [backend] _ in backend },
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 2),
            logger: Logger(label: "test"))
        // Nothing tells how long they are before the decoder begins.
        let decoder = try await StandInDecoder(seconds: 40, waits: true)
        defer { decoder.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { _ = try await service.transcribe(decoder.request) } }
            try await settle(service.load, running: 0, queued: 3)
            let refusal = await #expect(throws: ServiceError.self) { _ = try await service.transcribe(decoder.request) }
            #expect(refusal?.code == .overloaded)
            #expect(try await service.transcribe(command).text == "bonjour")
            try decoder.begin()
            try await group.waitForAll()
        }
    }

    @Test(arguments: [(15, 1), (16, 2), (60, 2), (61, 2)])
    func whatWasDecodedToLearnItsLengthIsNotDecodedTwice(seconds: Int, times: Int) async throws {
        let decoder = try await StandInDecoder(seconds: seconds)
        defer { decoder.remove() }
        let made = try await service(places: 1).transcribe(decoder.request)
        #expect(made.audioDuration == Double(seconds) && decoder.started.count == times)
        #expect(backend.urgencies == [seconds > 60 ? .long : .interactive])
    }

    @Test func waitingRecordingsRefuseNoCommand() async throws {
        let service = service(places: 1)
        @Sendable func long() -> TranscriptionRequest {
            let samples = TestSound.tone(61 * 16_000)
            return TranscriptionRequest(audio: AudioInput(samples: samples))
        }
        let held = SpeechToTextService(
            models: .fake(default: "held") { [end] id in
                FakeSpeechBackend(modelID: id, gate: id == "held" ? end : Gate(open: true))
            },
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 2),
            logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for count in 0..<3 {
                group.addTask { _ = try await held.transcribe(long()) }
                try await settle(held.load, running: 1, queued: count, preparing: 0)
            }
            let refusal = await #expect(throws: ServiceError.self) { _ = try await held.transcribe(long()) }
            #expect(refusal?.code == .overloaded)
            var short = command
            short.model = "free"
            #expect(try await held.transcribe(short).text == "bonjour")
            end.open()
            try await group.waitForAll()
        }
        // With the queue empty, recordings are taken again.
        #expect(try await service.transcribe(long()).audioDuration == 61)
    }

    @Test func aLongFileCancelledWhileItWaitsLeavesNoPlaceTaken() async throws {
        let service = service(places: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(file(seconds: 61)) }
            try await end.arrivals(atLeast: 1)
            try await withThrowingTaskGroup(of: Void.self) { waiting in
                waiting.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await service.transcribe(file(seconds: 61))
                    }
                }
                try await settle(service.load, running: 1, queued: 1)
                waiting.cancelAll()
            }
            try await settle(service.load, running: 1, queued: 0)
            end.open()
            try await group.waitForAll()
        }
        try await settle(service.load, running: 0, queued: 0)
    }

    @Test func nothingOfALiveStreamIsReadBeforeItsTurn() async throws {
        let service = service(places: 1)
        let sent = Watched(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(file(seconds: 1)) }
            try await end.arrivals(atLeast: 1)
            group.addTask {
                let live = silence(seconds: 2, sent: sent, end: Gate(open: true))
                let made = try await service.transcribe(TranscriptionRequest(audio: live))
                #expect(made.audioDuration == 2)
            }
            try await settle(service.load, running: 1, queued: 1)
            #expect(sent.value == 0)
            end.open()
            try await group.waitForAll()
        }
        #expect(sent.value == 3)
    }
}
