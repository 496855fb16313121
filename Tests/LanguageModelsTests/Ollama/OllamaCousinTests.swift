import BridgeSupport
import BridgeTesting
import LanguageModels
import Testing

/// Servers that speak like Ollama and write some things their own way.
@Suite(.timeLimit(.minutes(1)))
struct OllamaCousinTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var line: String
        var check: @Sendable (GenerationSummary) -> Bool
        var testDescription: String { line }

        init(_ line: String, _ check: @escaping @Sendable (GenerationSummary) -> Bool) {
            (self.line, self.check) = (line, check)
        }
    }

    static let cases: [Case] = [
        Case(#"{"done":true,"eval_count":5.0,"eval_duration":1.5e9,"load_duration":2000000.7}"#) {
            $0.tokensGenerated == 5 && $0.generation == .milliseconds(1500) && $0.load == .microseconds(2000)
        },
        Case(#"{"done":true,"eval_count":"5","prompt_eval_count":"7.0"}"#) {
            $0.tokensGenerated == 5 && $0.tokensPrompt == 7
        },
        Case(#"{"done":true}"#) { $0.tokensGenerated == 0 && $0.finishReason == "stop" && $0.generation == .zero },
        Case(#"{"done":true,"eval_count":null,"eval_duration":[],"done_reason":7}"#) {
            $0.tokensGenerated == 0 && $0.finishReason == "stop"
        },
        Case(#"{"done":true,"eval_count":-3,"eval_duration":-1}"#) {
            $0.tokensGenerated == 0 && $0.generation == .zero
        },
        Case(#"{"done":true,"eval_count":1e300,"eval_duration":1e300,"load_duration":"nan"}"#) {
            $0.tokensGenerated > 0 && $0.generation > .zero && $0.load == .zero
        },
        Case(#"{"done":"true","done_reason":"length"}"#) { $0.finishReason == "length" },
        Case(#"{"done":1,"done_reason":"MAX_TOKENS"}"#) { $0.finishReason == "length" },
        Case(#"{"done":true,"done_reason":"eos"}"#) { $0.finishReason == "stop" },
        Case(#"{"done":true,"done_reason":"","eval_count":512}"#) { $0.finishReason == "length" },
        Case(#"{"done":true,"error":null,"model":{"id":1},"created_at":3,"context":"x","message":[1]}"#) {
            $0.finishReason == "stop"
        },
        Case(#"{"done":true,"error":"","response":null}"#) { $0.finishReason == "stop" },
    ]

    @Test(arguments: cases)
    func countsDurationsAndReasonsAreReadInEveryForm(_ wanted: Case) async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(
                .streamHead().line(FakeOllama.generateLine("Oui")).chunk(wanted.line + "\n").end(), for: "/api/generate"
            )
            let events = try await events(of: fake)
            #expect(events.text == "Oui")
            #expect(events.summary.map(wanted.check) == true, "\(String(describing: events.summary))")
        }
    }

    @Test(arguments: [
        #"{"message":{"content":[{"type":"text","text":"O"},{"type":"text","text":"ui"}]}}"#,
        #"{"message":{"content":"Oui"}}"#,
        #"{"response":["O","ui"]}"#, #"{"response":"Oui","done":null,"x":{"y":[{}]}}"#,
    ])
    func textMayComeInParts(_ line: String) async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.streamHead().chunk(line + "\n").line(FakeOllama.doneLine()).end(), for: "/api/generate")
            let events = try await events(of: fake)
            #expect(events.text == "Oui")
        }
    }

    @Test(
        arguments: [
            (
                #"{"error":{"message":"model 'qwen3:4b' not found","code":404}}"#, ServiceError.Code.modelNotFound,
                "ollama pull"
            ),
            (
                #"{"error":{"code":500,"message":"no more slots","type":"server_error"}}"#, .upstreamError,
                "no more slots"
            ),
            (#"{"error":{"error":"deep"}}"#, .upstreamError, "deep"),
            (#"{"error":["?"]}"#, .upstreamError, "did not say why"),
            (#"{"error":{"code":7}}"#, .upstreamError, "did not say why"),
            (#"{"error":true}"#, .upstreamError, "did not say why"),
        ] as [(String, ServiceError.Code, String)])
    func errorsMayBeObjectsOnALineOrWithAStatus(body: String, code: ServiceError.Code, says: String) async throws {
        try await FakeOllama.withServer { fake in
            let status = code == .modelNotFound ? 404 : 500
            fake.enqueue(.streamHead().chunk(body + "\n").end(), .whole(status, body), for: "/api/generate")
            for _ in 0..<2 {
                let error = try await serviceError { _ = try await events(of: fake) }
                #expect(error.code == code && error.message.contains(says), "\(error)")
            }
        }
    }

    @Test
    func anUnknownPathIsNoMissingModel() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(
                .whole(404, #"{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}"#),
                for: "/api/generate")
            let error = try await serviceError { _ = try await events(of: fake) }
            #expect(error.code == .upstreamError && error.message.contains("another kind of server"), "\(error)")
        }
    }

    @Test
    func listsMayLeaveOutNearlyEverything() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(
                .json(
                    200,
                    [
                        "models": [
                            ["name": "a:1b"], ["model": "b:1b", "size": "12", "details": nil, "digest": 7],
                            ["name": ""], "c", nil, 3,
                            ["name": 4],
                            [
                                "name": "d:1b", "capabilities": "completion", "details": ["family": 3],
                                "remote_host": "",
                            ],
                        ]
                    ]), .json(200, ["models": ["a"]]), .json(200, ["models": "none"]), for: "/api/tags")
            let client = try client(of: fake)
            #expect(try await client.models() == ["a:1b", "b:1b", "d:1b"])
            #expect(try await client.models() == [])
            #expect(try await client.models() == [])
        }
    }
}
