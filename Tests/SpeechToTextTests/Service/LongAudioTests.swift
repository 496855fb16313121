import Audio
import BridgeSupport
import BridgeTesting
import Logging
import Testing

@testable import SpeechToText

/// Silence, `seconds` of it, and then no end until somebody opens the gate.
private actor LongSource: PCMSource {
    nonisolated let sampleRate = 16_000
    private var samplesLeft: Int
    private let end: Gate

    init(seconds: Int, end: Gate) {
        samplesLeft = seconds * 16_000
        self.end = end
    }

    func read(_ count: Int) async throws -> [Float] {
        guard samplesLeft > 0 else {
            try await end.pass()
            return []
        }
        let count = min(count, samplesLeft)
        samplesLeft -= count
        return [Float](repeating: 0, count: count)
    }
}

@Suite("Long audio", .timeLimit(.minutes(1))) struct LongAudioTests {
    private let backend = FakeSpeechBackend()
    private let end = Gate()

    private func service(places: Int) -> SpeechToTextService {
        SpeechToTextService(
            models: ModelCache(capacity: 1) { [backend] _ in backend }, defaultModel: { "fake-whisper" },
            admission: AdmissionLimiter(what: "speech-to-text", maxConcurrent: places, maxQueued: 8),
            logger: Logger(label: "test"))
    }

    private func file(seconds: Int) -> TranscriptionRequest {
        TranscriptionRequest(audio: LongSource(seconds: seconds, end: end))
    }

    private let command = TranscriptionRequest(
        audio: MemoryPCMSource(samples: [Float](repeating: 0.1, count: 16_000), sampleRate: 16_000))

    private func settle(_ service: SpeechToTextService, running: Int, queued: Int) async {
        while true {
            let status = await service.status()
            if status.running == running, status.queued == queued { return }
            await Task.yield()
        }
    }

    @Test("A short command is answered while as many long files as may run have no end", arguments: [1, 2])
    func overtaking(places: Int) async throws {
        let service = service(places: places)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<places { group.addTask { _ = try await service.transcribe(file(seconds: 61)) } }
            try await end.arrivals(atLeast: places)
            // One more has had its minute, and waits to go on; that keeps no place either.
            group.addTask { _ = try await service.transcribe(file(seconds: 61)) }
            await settle(service, running: places, queued: 1)
            #expect(try await service.transcribe(command).text == "bonjour")
            await settle(service, running: places, queued: 1)
            end.open()
            try await group.waitForAll()
        }
        await settle(service, running: 0, queued: 0)
    }

    @Test("A minute is not long: it keeps its place, and what comes then waits") func aMinute() async throws {
        let service = service(places: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(file(seconds: 60)) }
            try await end.arrivals(atLeast: 1)
            group.addTask { _ = try await service.transcribe(command) }
            await settle(service, running: 1, queued: 1)
            end.open()
            try await group.waitForAll()
        }
    }

    @Test("A long file that is cancelled while it waits to go on leaves no place taken") func cancellation()
        async throws
    {
        let service = service(places: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.transcribe(file(seconds: 61)) }
            try await end.arrivals(atLeast: 1)
            await withTaskGroup(of: Void.self) { waiting in
                waiting.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await service.transcribe(file(seconds: 61))
                    }
                }
                await settle(service, running: 1, queued: 1)
                waiting.cancelAll()
            }
            await settle(service, running: 1, queued: 0)
            end.open()
            try await group.waitForAll()
        }
        await settle(service, running: 0, queued: 0)
    }
}
