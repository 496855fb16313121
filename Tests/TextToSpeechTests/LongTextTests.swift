import BridgeSupport
import BridgeTesting
import Logging
import Testing
import WorkScheduling
@testable import TextToSpeech

@Suite(.timeLimit(.minutes(1))) struct LongTextTests {
    /// What the voice "waiting" waits at; "ready" waits for nothing.
    private let end = Gate()
    private let clock = ManualClock()

    private func limiter(places: Int) -> AdmissionLimiter {
        WorkScheduler(clock: clock).admission(what: "text-to-speech", maxConcurrent: places, maxQueued: 8)
    }

    private func service(places: Int, admission: AdmissionLimiter? = nil) -> TextToSpeechService {
        TextToSpeechService(
            voices: .fake(default: "ready") { [end] id in
                FakeVoiceBackend(voiceID: id, gate: id == "waiting" ? end : Gate(open: true))
            },
            admission: admission ?? limiter(places: places),
            logger: Logger(label: "test"))
    }

    private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }
    private let long = SynthesisRequest(text: Self.text(1001), voice: "waiting")
    private let short = SynthesisRequest(text: "Bonjour.")

    @Test(arguments: [1, 2])
    func aShortTextIsSpokenBesideLongOnesWithoutEnd(places: Int) async throws {
        let service = service(places: places)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<places { group.addTask { _ = try await service.synthesize(long) } }
            try await end.arrivals(atLeast: places)
            // More of them wait for their turn; that keeps no place either.
            for _ in 0..<3 { group.addTask { _ = try await service.synthesize(long) } }
            try await settle(service.load, running: places, queued: 3)
            #expect(try await service.synthesize(short).voice == "ready")
            try await settle(service.load, running: places, queued: 3)
            end.open()
            try await group.waitForAll()
        }
        try await settle(service.load, running: 0, queued: 0)
    }

    @Test func aTextOfUpToAMinuteKeepsItsPlace() async throws {
        let service = service(places: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await service.synthesize(SynthesisRequest(text: Self.text(1000), voice: "waiting"))
            }
            try await end.arrivals(atLeast: 1)
            group.addTask { _ = try await service.synthesize(short) }
            try await settle(service.load, running: 1, queued: 1)
            end.open()
            try await group.waitForAll()
        }
    }

    @Test(arguments: [(0.25, 250), (1, 1000), (4, 4000)])
    func aMinuteIsMoreTextInFastSpeechAndLessInSlowSpeech(speed: Double, count: Int) {
        #expect(SynthesisRequest(text: Self.text(count), speed: speed).urgency == .interactive)
        #expect(SynthesisRequest(text: Self.text(count + 1), speed: speed).urgency == .long)
        // One character to a reader, two to the limits.
        let accented = String(repeating: "e\u{301}", count: count / 2)
        #expect(SynthesisRequest(text: accented + "es", speed: speed).urgency == .long)
    }

    @Test func requestsForAVoiceThatIsLoadingHoldNoPlace() async throws {
        let loading = Gate()
        let service = TextToSpeechService(
            voices: .fake(default: "ready") { id in
                if id == "cold" { try await loading.pass() }
                return FakeVoiceBackend(voiceID: id)
            }, admission: limiter(places: 1), logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask { _ = try await service.synthesize(SynthesisRequest(text: "Oui.", voice: "cold")) }
            }
            try await settle(service.load, running: 0, queued: 2)
            #expect(try await service.synthesize(short).voice == "ready")
            loading.open()
            try await group.waitForAll()
        }
        #expect(loading.arrivalCount == 1)
    }

    @Test func theWaitOfALongTextIsToldAsTheQueues() async throws {
        let admission = limiter(places: 1)
        let service = service(places: 1, admission: admission)
        try await withThrowingTaskGroup(of: Duration.self) { group in
            group.addTask { try await service.synthesize(long).timings.queue }
            try await end.arrivals(atLeast: 1)
            group.addTask { try await service.synthesize(long).timings.queue }
            // It waits for its place, and prepares no more.
            try await settle(admission.snapshot, running: 1, queued: 1, preparing: 0)
            clock.advance(by: .seconds(3))
            end.open()
            var waited: Set<Duration> = []
            for try await time in group { waited.insert(time) }
            #expect(waited == [.zero, .seconds(3)])
        }
    }

    @Test func aLongTextCancelledWhileItWaitsLeavesNoPlaceTaken() async throws {
        let service = service(places: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.synthesize(long) }
            try await end.arrivals(atLeast: 1)
            try await withThrowingTaskGroup(of: Void.self) { waiting in
                waiting.addTask {
                    await #expect(throws: CancellationError.self) { try await service.synthesize(long) }
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

    /// Each sentence of the short text waits for one permit, and not for a sentence of every long text.
    @Test func theSentencesOfAShortTextGoBeforeThoseOfLongOnes() async throws {
        let voice = try Fixtures.voice("tones")
        let scheduler = WorkScheduler()
        let longTexts = 30
        let long = SynthesisRequest(text: String(repeating: "Il pleut. ", count: 2000))
        let short = SynthesisRequest(text: String(repeating: "Il pleut. ", count: 10))
        let spoken = Watched(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<longTexts {
                group.addTask {
                    try await voice.speak(long, ticket: scheduler.ticket(.long)) { _ in spoken.update { $0 += 1 } }
                }
            }
            try await spoken.wait { $0 > longTexts }
            // How many theirs had been at each sentence of the short text.
            let theirs = Watched<[Int]>([])
            try await voice.speak(short, ticket: scheduler.ticket(.interactive)) { _ in
                theirs.update { $0.append(spoken.value) }
            }
            let between = (theirs.value.last ?? 0) - (theirs.value.first ?? 0)
            // In turns it would be one of each long text every time, 270; now it is one or two of them together.
            #expect(theirs.value.count == 10 && between < 90, "\(between) sentences of long texts in between")
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: CancellationError.self) { try result.get() }
            }
        }
    }
}
