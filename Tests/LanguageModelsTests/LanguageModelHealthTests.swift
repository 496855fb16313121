import BridgeSupport
import BridgeTesting
import LanguageModels
import Logging
import Testing
import WorkScheduling

/// What the service knows and tells of its state.
extension LanguageModelServiceTests {
    @Test
    func errorsOfClientsAreNotTheServersState() async throws {
        let model = FakeLanguageModel(models: ["fake:latest", "secret"])
        let service = service(model)
        await service.probe()
        var request = GenerationRequest.question
        request.model = "secret"
        for code in [ServiceError.Code.modelNotFound, .invalidRequest] {
            model.fail(with: ServiceError(code, "Ollama has no model 'secret'.", param: "model"))
            _ = try await serviceError { _ = try await service.generate(request) }
            #expect(service.status().lastError == nil)
        }
        // Not so when the model is the server's own choice.
        model.fail(with: ServiceError(.modelNotFound, "Ollama has no model 'fake:latest'."))
        _ = try await serviceError { _ = try await service.generate(.question) }
        #expect(service.status().lastError == "Ollama has no model 'fake:latest'.")
    }

    @Test
    func onlyTheCallerIsToldWhatMayQuoteTheQuestion() async throws {
        let log = LogRecorder()
        try await FakeOllama.withServer { fake in
            let client = OllamaClient(
                settings: .init(address: try OllamaAddress(fake.baseURL)), logger: log.logger)
            let service = service(client, logger: log.logger)
            await service.probe()
            let address = try OllamaAddress(fake.baseURL)
            for (reply, status) in [
                (FakeOllama.Reply.error(500, "boom geheim, no memory"), " (status 500)"),
                (.stream([["error": "boom geheim"]]), ""),
            ] {
                fake.enqueue(reply, for: "/api/generate")
                let error = try await serviceError { _ = try await service.generate(.question) }
                #expect(error.message.contains("boom geheim"))
                #expect(
                    service.status().lastError == "Ollama at \(address) failed\(status). Its own log may tell why.")
            }
            // The list of models is not asked for with a question, but what is told of it is as public.
            for code in [400, 500] {
                fake.enqueue(.error(code, "geheim"), for: "/api/tags")
                await service.probe()
                #expect(service.status().state == .unavailable)
                #expect(!"\(service.status())".contains("geheim"))
            }
        }
        #expect(!log.entries(at: .warning).isEmpty)
        #expect(!log.text.contains("geheim"))
    }

    @Test
    func theStateIsToldWithoutAskingTheServer() async throws {
        let model = FakeLanguageModel(models: ["a:1b"])
        let service = service(model)
        #expect(service.status().state == .degraded)
        #expect(model.listings == 0)

        await service.probe()
        #expect(service.status().state == .healthy)
        #expect(service.status().model == "a:1b")
        #expect(service.status().loaded)
        #expect(service.status().message == nil)

        model.setModels([])
        await service.probe()
        #expect(service.status().state == .unavailable)
        #expect(service.status().message == "The fake has no model that can write text. Make the fake with any model.")

        model.failListing(with: ServiceError(.llmUnavailable, "Ollama cannot be reached."))
        await service.probe()
        #expect(service.status().state == .unavailable)
        #expect(service.status().lastError == "Ollama cannot be reached.")

        model.failListing(with: nil)
        model.setModels(["a:1b"])
        await service.probe()
        #expect(service.status().state == .healthy)
        #expect(service.status().lastError == nil)
    }

    @Test(arguments: ["one", "ONE", "fake/one", "other"])
    func aMissingConfiguredModelIsTold(name: String) async throws {
        let service = service(FakeLanguageModel(models: ["one"]), configured: name)
        await service.probe()
        #expect(service.status().model == name)
        let missing = name == "other"
        #expect(service.status().state == (missing ? .degraded : .healthy))
        #expect(
            service.status().message
                == (missing ? "The fake does not have the configured model 'other'. Make the fake with other." : nil))
    }

    @Test
    func theLastFailureIsRememberedUntilASuccess() async throws {
        let model = FakeLanguageModel()
        let service = service(model)
        await service.probe()
        model.fail(with: ServiceError(.upstreamError, "Ollama stopped."))
        _ = try await serviceError { _ = try await service.generate(.question) }
        #expect(service.status().lastError == "Ollama stopped.")
        model.fail(with: nil)
        _ = try await service.generate(.question)
        #expect(service.status().lastError == nil)
    }

    @Test
    func theProbeLogsOnlyChangesAndEndsWhenCancelled() async throws {
        let clock = ManualClock()
        let model = FakeLanguageModel()
        let log = LogRecorder()
        let service = service(model, clock: clock, logger: log.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.runProbe() }
            for look in 1...3 {
                try await clock.sleepers(atLeast: 1)
                #expect(model.listings == look)
                clock.advance(by: .seconds(10))
                try await model.listings(atLeast: look + 1)
            }
            model.failListing(with: ServiceError(.llmUnavailable, "Ollama cannot be reached."))
            for look in 5...6 {
                try await clock.sleepers(atLeast: 1)
                clock.advance(by: .seconds(10))
                try await model.listings(atLeast: look)
            }
            try await clock.sleepers(atLeast: 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(log.entries(at: .info).count == 1)
        #expect(log.entries(at: .warning).count == 1)
        #expect(service.status().state == .unavailable)
    }
}
