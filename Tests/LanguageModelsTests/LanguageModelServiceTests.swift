import BridgeSupport
import BridgeTesting
import LanguageModels
import Logging
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(1)))
struct LanguageModelServiceTests {
    func service(
        _ model: any LanguageModel, configured: String? = nil, running: Int = 4, queued: Int = 4,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger = LogRecorder().logger
    ) -> LanguageModelService {
        LanguageModelService(
            servers: ["fake": model], configuredModel: configured,
            admission: WorkScheduler(clock: clock).admission(what: "llm", maxConcurrent: running, maxQueued: queued),
            logger: logger, clock: clock)
    }

    // MARK: Answers

    @Test
    func anAnswerIsGatheredWithItsCounts() async throws {
        let answer = try await service(FakeLanguageModel()).generate(.question)
        let summary = answer.summary
        #expect(answer.thinking == nil)
        #expect(answer.text == "Bonjour !")
        #expect(summary.model == "fake:latest")
        #expect(summary.tokensGenerated == 3)
        #expect(summary.tokensPrompt == 7)
        #expect(summary.load == .milliseconds(1))
        #expect(summary.generation == .milliseconds(3))
    }

    @Test
    func accentsOfAllThatTheModelReadsAreComposed() async throws {
        func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
        let (apart, whole) = ("e\u{301}", "\u{E9}")
        let model = FakeLanguageModel(pieces: [apart])
        let service = service(model)
        var request = GenerationRequest(
            input: .prompt(apart, system: apart), stop: [apart], format: .schema([apart: "string"]))
        #expect(scalars(try await service.generate(request).text) == scalars(apart))
        request.input = .chat([ChatMessage(role: .user, content: apart)])
        _ = try await service.generate(request)
        for call in model.calls {
            switch call.request.input {
            case .prompt(let text, let system):
                #expect([text, system ?? ""].map(scalars) == [scalars(whole), scalars(whole)])
            case .chat(let messages): #expect(messages.map { scalars($0.content) } == [scalars(whole)])
            }
            #expect(call.request.stop.map(scalars) == [scalars(whole)])
            guard case .schema(.object(let schema)) = call.request.format else { continue }
            #expect(schema.keys.map(scalars) == [scalars(apart)])
        }
    }

    @Test
    func queueFirstTokenAndTotalAreMeasuredOnItsClock() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let model = FakeLanguageModel(gate: gate)
        let service = service(model, running: 1, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.generate(.question) }
            try await gate.arrivals(atLeast: 1)
            group.addTask {
                let second = try await service.generate(.conversation).summary
                #expect(second.queue == .seconds(2))
                #expect(second.total == .seconds(2))
            }
            try await waitUntil { service.status().queued == 1 }
            clock.advance(by: .seconds(2))
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test
    func anEmptyAnswerHasNoFirstToken() async throws {
        let model = FakeLanguageModel(pieces: [])
        let answer = try await service(model).generate(.question)
        #expect(answer.text.isEmpty)
        #expect(answer.summary.firstToken == nil)
        model.setPieces([" "])
        #expect(try await service(model).generate(.question).summary.firstToken != nil)
    }

    @Test
    func aFullQueueRefusesAtOnce() async throws {
        let gate = Gate()
        let model = FakeLanguageModel(gate: gate)
        let service = service(model, running: 1, queued: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.generate(.question) }
            try await gate.arrivals(atLeast: 1)
            #expect(service.status().running == 1)
            let error = try await serviceError { _ = try await service.generate(.question) }
            #expect(error.code == .overloaded)
            gate.open()
            try await group.waitForAll()
        }
        #expect(service.status().running == 0)
    }

    @Test
    func aCancelledCallerStopsTheModelAndFreesThePlace() async throws {
        let gate = Gate()
        let model = FakeLanguageModel(gate: gate)
        let service = service(model, running: 1, queued: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { _ = try await service.generate(.question) }
            }
            try await gate.arrivals(atLeast: 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(model.cancelled == 1)
        gate.open()
        #expect(try await service.generate(.question).text == "Bonjour !")
    }

    @Test func anEventIsMadeWhenItIsAskedForAndThePlaceIsHeldMeanwhile() async throws {
        let gate = Gate(open: true)
        let service = service(FakeLanguageModel(gate: gate), running: 1)
        try await service.withAnswer(to: .question) { answer in
            for made in 1...3 {
                guard case .delta? = try await answer.next() else {
                    Issue.record("no piece")
                    return
                }
                #expect(gate.arrivalCount == made && service.status().running == 1)
            }
            guard case .done(let summary)? = try await answer.next() else {
                Issue.record("no end")
                return
            }
            #expect(summary.tokensGenerated == 3 && summary.firstToken != nil)
            #expect(try await answer.next() == nil)
            #expect(service.status().running == 1)
        }
        #expect(service.status().running == 0)
    }

    // MARK: Choice of the model

    @Test
    func theRequestsModelComesBeforeTheConfiguredAndTheFirst() async throws {
        let model = FakeLanguageModel(models: ["first:1b", "second:1b", "third:1b"])
        var request = GenerationRequest.question
        _ = try await service(model).generate(request)
        _ = try await service(model, configured: "second:1b").generate(request)
        _ = try await service(model, configured: "").generate(request)
        request.model = "third:1b"
        _ = try await service(model, configured: "second:1b").generate(request)
        #expect(model.calls.map(\.model) == ["first:1b", "second:1b", "first:1b", "third:1b"])
    }

    @Test
    func aServerWithoutModelsIsToldWithWhatToDo() async throws {
        let service = service(FakeLanguageModel(models: []))
        let error = try await serviceError { _ = try await service.generate(.question) }
        #expect(error.code == .llmUnavailable)
        #expect(error.message == "The fake has no model that can write text. Make the fake with any model.")
    }

    @Test
    func theListIsNotAskedForWhileTheProbeKnowsIt() async throws {
        let model = FakeLanguageModel()
        let service = service(model)
        await service.probe()
        _ = try await service.generate(.question)
        #expect(model.listings == 1)
    }

    @Test
    func modelsAndTheDefaultAreListed() async throws {
        let model = FakeLanguageModel(models: ["a:1b", "b:1b"])
        let free = try await service(model).models()
        #expect(free.names == ["a:1b", "b:1b"])
        #expect(free.default == "a:1b")
        #expect(try await service(model, configured: "b:1b").models().default == "b:1b")
        model.setModels([])
        #expect(try await service(model).models().default == nil)
    }

    // MARK: Ranges

    struct Refusal: Sendable, CustomTestStringConvertible {
        var param: String
        var change: @Sendable (inout GenerationRequest) -> Void
        var testDescription: String { param }

        init(_ param: String, _ change: @escaping @Sendable (inout GenerationRequest) -> Void) {
            self.param = param
            self.change = change
        }
    }

    @Test(arguments: [
        Refusal("prompt") { $0.input = .prompt("", system: nil) },
        Refusal("prompt") { $0.input = .prompt(" \n", system: "Sois bref.") },
        Refusal("messages") { $0.input = .chat([]) },
        Refusal("messages") { $0.input = .chat([ChatMessage(role: .user, content: " ")]) },
        Refusal("temperature") { $0.temperature = -0.01 },
        Refusal("temperature") { $0.temperature = 2.01 },
        Refusal("temperature") { $0.temperature = .nan },
        Refusal("temperature") { $0.temperature = .infinity },
        Refusal("max_tokens") { $0.maxTokens = 0 },
        Refusal("max_tokens") { $0.maxTokens = 32769 },
        Refusal("top_p") { $0.topP = -0.1 },
        Refusal("top_p") { $0.topP = 1.1 },
        Refusal("top_p") { $0.topP = .nan },
        Refusal("top_k") { $0.topK = -1 },
        Refusal("top_k") { $0.topK = 1 << 31 },
        Refusal("stop") { $0.stop = ["a", ""] },
        Refusal("stop") { $0.stop = Array(repeating: "a", count: 65) },
        Refusal("model") { $0.model = "" },
        Refusal("model") { $0.model = "a b" },
        Refusal("model") { $0.model = "a\u{0}" },
        Refusal("model") { $0.model = String(repeating: "a", count: 257) },
        Refusal("format") { $0.format = .schema("yaml") },
        Refusal("keep_alive") { $0.keepAlive = "5 minutes" },
        Refusal("keep_alive") { $0.keepAlive = "" },
        Refusal("keep_alive") { $0.keepAlive = "nan" },
        Refusal("keep_alive") { $0.keepAlive = "0x10" },
        Refusal("keep_alive") { $0.keepAlive = "5m " },
        Refusal("keep_alive") { $0.keepAlive = String(repeating: "9", count: 400) },
        Refusal("keep_alive") { $0.keepAlive = "-2147483649" },
    ])
    func valuesOutOfRangeAreRefusedByField(_ refusal: Refusal) async throws {
        let model = FakeLanguageModel()
        var request = GenerationRequest.question
        refusal.change(&request)
        let error = try await serviceError { _ = try await service(model).generate(request) }
        #expect(error.code == .invalidRequest)
        #expect(error.param == refusal.param)
        #expect(error.message.contains("'\(refusal.param)'"))
        #expect(model.calls.isEmpty)
    }

    @Test
    func theEndsOfEveryRangeAreAccepted() async throws {
        let service = service(FakeLanguageModel())
        for (temperature, maxTokens, topP, topK) in [(0.0, 1, 0.0, 0), (2.0, 32768, 1.0, Int(Int32.max))] {
            for keepAlive in ["0", "-1", "2.5", "2147483647", "5m", "1h30m", "-1s", "300ms"] {
                _ = try await service.generate(
                    GenerationRequest(
                        input: .prompt("x", system: nil), temperature: temperature, maxTokens: maxTokens, topP: topP,
                        topK: topK, seed: -1, stop: ["\n"], format: .schema([:]), keepAlive: keepAlive))
            }
        }
    }

    @Test
    func anAnswerWithoutEndIsNotGathered() async throws {
        let model = FakeLanguageModel(pieces: [String](repeating: String(repeating: "a", count: 1 << 20), count: 6))
        let error = try await serviceError { _ = try await service(model).generate(.question) }
        #expect(error.code == .upstreamError)
        #expect(error.message.contains("4194304 bytes"), "\(error.message)")
        let bytes = try await service(model).withAnswer(to: .question) { answer in
            var bytes = 0
            for try await case .delta(let piece) in answer { bytes += piece.utf8.count }
            return bytes
        }
        #expect(bytes == 6 << 20)
    }

    // MARK: Health

    @Test
    func neitherQuestionsNorAnswersAreLogged() async throws {
        let log = LogRecorder()
        let service = service(FakeLanguageModel(pieces: ["geheim"]), logger: log.logger)
        let request = GenerationRequest(input: .prompt("geheim", system: "geheim"), stop: ["geheim!"])
        #expect(try await service.generate(request).text == "geheim")
        #expect(!log.entries.isEmpty)
        #expect(!log.text.contains("geheim"))
    }
}
