import BridgeSupport
import BridgeTesting
import LanguageModels
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(1)))
struct LanguageModelServersTests {
    private let near = FakeLanguageModel(models: ["small", "team/large", "far/away"])
    private let far = FakeLanguageModel(models: ["small", "huge"])

    private func service(configured: String? = nil) -> LanguageModelService {
        LanguageModelService(
            servers: ["near": near, "far": far], configuredModel: configured,
            admission: WorkScheduler().admission(what: "llm", maxConcurrent: 4, maxQueued: 4),
            logger: LogRecorder().logger)
    }

    @Test(arguments: [
        ("small", "near", "small"), ("near/small", "near", "small"), ("far/huge", "far", "huge"),
        ("far/small", "far", "small"), ("team/large", "near", "team/large"), ("near/far/away", "near", "far/away"),
    ])
    func aNameLeadsToAModelOfItsServer(name: String, server: String, model: String) async throws {
        var request = GenerationRequest.question
        request.model = name
        let answer = try await service(configured: "far/huge").generate(request)
        #expect((near.calls.map(\.model), far.calls.map(\.model)) == (server == "near" ? ([model], []) : ([], [model])))
        request.model = answer.summary.model
        #expect(try await service().generate(request).summary.model == answer.summary.model)
    }

    @Test(arguments: ["huge", "far/", "/huge", "/far/huge", "faraway/huge"])
    func aNameOfNoServerIsAskedOfTheFirst(name: String) async throws {
        var request = GenerationRequest.question
        request.model = name
        let error = try await serviceError { _ = try await service().generate(request) }
        #expect(error.code == .modelNotFound)
        #expect(near.calls.map(\.model) == [name] && far.calls.isEmpty)
    }

    @Test func theModelsOfAllServersAreListedByNamesThatLeadToThem() async throws {
        let models = try await service().models()
        #expect(models.names == ["small", "team/large", "near/far/away", "far/small", "far/huge"])
        #expect(models.default == "small")
        #expect(try await service(configured: "far/huge").models().default == "far/huge")
    }

    @Test func aServerThatCannotBeAskedHidesNoOther() async throws {
        far.failListing(with: ServiceError(.llmUnavailable, "Far away."))
        #expect(try await service().models().names.count == 3)
        near.failListing(with: ServiceError(.llmUnavailable, "Nobody is near."))
        #expect(try await serviceError { _ = try await service().models() }.message == "Nobody is near.")
    }

    @Test func theStateIsThatOfTheServerThatAnswersByDefault() async throws {
        far.failListing(with: ServiceError(.llmUnavailable, "Far away."))
        let (byFirst, byFar) = (service(), service(configured: "far/huge"))
        for service in [byFirst, byFar] { await service.probe() }
        #expect(byFirst.status().state == .healthy && byFirst.status().model == "small")
        #expect(byFar.status().state == .unavailable && byFar.status().message == "Far away.")
    }
}
