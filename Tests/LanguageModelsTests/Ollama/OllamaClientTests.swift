import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(1)))
struct OllamaClientTests {
    @Test
    func piecesAndCountsArePassedOn() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            for request in [GenerationRequest.question, .conversation] {
                let events = try await events(client, request)
                #expect(events.count == 6)
                #expect(events.text == "La capitale de l'Islande est Reykjavik.")
                let summary = try #require(events.summary)
                #expect(summary.model == "qwen3:4b")
                #expect(summary.tokensGenerated == 5)
                #expect(summary.tokensPrompt == 29)
                #expect(summary.finishReason == "stop")
                #expect(summary.load == .nanoseconds(701_200_345))
                #expect(summary.promptEvaluation == .nanoseconds(88_210_000))
                #expect(summary.generation == .nanoseconds(121_870_000))
            }
            #expect(fake.exchanges.map(\.path) == ["/api/generate", "/api/chat"])
        }
    }

    @Test
    func aPieceIsHandedOnBeforeTheNextExists() async throws {
        try await FakeOllama.withServer { fake in
            let gate = Gate()
            fake.enqueue(
                .streamHead().line(FakeOllama.generateLine("un")).hold(gate).line(FakeOllama.generateLine(" deux"))
                    .line(FakeOllama.doneLine()).end(), for: "/api/generate")
            let client = try client(of: fake)
            let seen = Watched("")
            try await client.generate(.question, model: "qwen3:4b") { event in
                guard case .delta(let piece) = event else { return }
                seen.update { $0 += piece }
                // The server cannot go on before the first piece has come all the way.
                gate.open()
            }
            #expect(seen.value == "un deux")
        }
    }

    /// Through `Double`, 9007199254740993 became 9007199254740992.
    @Test func wholeNumbersOfASchemaAreSentAsTheyCame() async throws {
        try await FakeOllama.withServer { fake in
            var request = GenerationRequest.question
            let schema = #"{"maximum":18446744073709551615,"minimum":-9007199254740993,"multipleOf":0.1}"#
            request.format = .schema(try JSONValue(parsing: Array(schema.utf8)))
            _ = try await events(client(of: fake), request)
            let body = String(decoding: try #require(fake.exchanges.first).body, as: UTF8.self)
            for number in ["18446744073709551615", "-9007199254740993", "0.1"] {
                #expect(body.contains(":\(number)"), "\(body)")
            }
        }
    }

    @Test
    func everyFieldIsMapped() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            var request = GenerationRequest(
                input: .prompt("Bonjour", system: "Sois bref."), temperature: 0.25, maxTokens: 77, topP: 0.5, topK: 40,
                seed: 7, stop: ["\n\n"], format: .schema(["type": "object", "maxItems": 3]), keepAlive: "10m")
            _ = try await events(client, request)
            request.input = .chat([
                ChatMessage(role: .user, content: "Bonjour"), ChatMessage(role: .tool, content: "4"),
            ])
            request.format = .json
            request.keepAlive = "-1"
            _ = try await events(client, request)
            let options: JSONValue = [
                "temperature": 0.25, "num_predict": 77, "top_p": 0.5, "top_k": 40, "seed": 7, "stop": ["\n\n"],
            ]
            #expect(
                fake.exchanges.map(\.json) == [
                    [
                        "model": "qwen3:4b", "prompt": "Bonjour", "system": "Sois bref.", "stream": true,
                        "think": false,
                        "format": ["type": "object", "maxItems": 3], "keep_alive": "10m", "options": options,
                    ],
                    [
                        "model": "qwen3:4b",
                        "messages": [
                            ["role": "user", "content": "Bonjour"], ["role": "tool", "content": "4"],
                        ], "stream": true, "think": false, "format": "json", "keep_alive": -1, "options": options,
                    ],
                ])
        }
    }

    @Test
    func absentFieldsAreLeftOut() async throws {
        try await FakeOllama.withServer { fake in
            _ = try await events(of: fake)
            #expect(
                fake.exchanges.first?.json == [
                    "model": "qwen3:4b", "prompt": "Capitale de l'Islande ?", "stream": true, "think": false,
                    "options": ["temperature": 0.7, "num_predict": 512],
                ])
        }
    }

    @Test
    func linesAreReadHoweverTheyArrive() async throws {
        try await FakeOllama.withServer { fake in
            let text = "{\"response\":\"é🙂\",\"done\":false}\n{\"response\":\"ñ\",\"done\":false}\r\n\n"
            let bytes = Array(text.utf8)
            var reply = FakeOllama.Reply.streamHead()
            for byte in bytes.prefix(40) { reply = reply.chunk([byte]) }
            reply = reply.chunk(Array(bytes.dropFirst(40))).line(FakeOllama.doneLine()).end()
            fake.enqueue(reply, for: "/api/generate")
            let events = try await events(of: fake)
            #expect(events.text == "é🙂ñ")
        }
    }

    @Test
    func aWholeAnswerInOneObjectIsTaken() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.whole(200, "{\"response\":\"Oui\",\"done\":true}"), for: "/api/generate")
            let events = try await events(of: fake)
            #expect(events.text == "Oui")
            #expect(events.summary?.tokensGenerated == 0)
        }
    }

    @Test
    func aConnectionIsUsedAgain() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            for _ in 0..<3 { _ = try await events(client) }
            #expect(fake.exchanges.map(\.connection) == [0, 0, 0])
        }
    }

    @Test
    func cancellationInMidAnswerClosesTheConnection() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(
                .streamHead().line(FakeOllama.generateLine("un")).hold(Gate()), for: "/api/generate")
            let client = try client(of: fake)
            let started = Gate()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await client.generate(.question, model: "qwen3:4b") { _ in started.open() }
                    }
                }
                try await started.pass()
                group.cancelAll()
                try await group.waitForAll()
            }
            try await fake.clientLeft()
        }
    }

    @Test
    func cancellationBeforeTheFirstByteClosesTheConnection() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(FakeOllama.Reply([.hold(Gate())]), for: "/api/generate")
            let client = try client(of: fake)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { _ = try await events(client) }
                }
                try await fake.exchanges(of: "/api/generate", atLeast: 1)
                group.cancelAll()
                try await group.waitForAll()
            }
            try await fake.clientLeft()
        }
    }

    @Test
    func aFailingListenerClosesTheConnection() async throws {
        struct Full: Error {}
        try await FakeOllama.withServer { fake in
            fake.enqueue(.streamHead().line(FakeOllama.generateLine("un")).hold(Gate()), for: "/api/generate")
            let client = try client(of: fake)
            await #expect(throws: Full.self) {
                try await client.generate(.question, model: "qwen3:4b") { _ in throw Full() }
            }
            try await fake.clientLeft()
        }
    }

    @Test func theServerWaitsForASlowReader() async throws {
        try await FakeOllama.withServer { fake in
            // 40 MB in all: far more than sockets hold.
            let line = FakeOllama.generateLine(String(repeating: "a", count: 100_000))
            fake.enqueue(
                .stream([JSONValue](repeating: line, count: 400) + [FakeOllama.doneLine()]), for: "/api/generate")
            let count = try await client(of: fake).withAnswer(to: .question, by: "qwen3:4b") { answer in
                _ = try await answer.next()
                try await Task.sleep(for: .milliseconds(300))
                #expect(fake.exchanges(of: "/api/generate").map(\.outcome) == [.running])
                var count = 1
                while try await answer.next() != nil { count += 1 }
                return count
            }
            #expect(count == 401)
        }
    }

    @Test func aReaderThatLeavesClosesTheConnection() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.streamHead().line(FakeOllama.generateLine("un")).hold(Gate()), for: "/api/generate")
            let first = try await client(of: fake).withAnswer(to: .question, by: "qwen3:4b") { try await $0.next() }
            #expect(first == .delta("un"))
            try await fake.clientLeft()
        }
    }

    @Test
    func modelsThatWriteAreListedNewestFirst() async throws {
        let models: [FakeOllama.Persona.Model] = [
            .init("nomic-embed-text:latest", family: "nomic-bert"), .init("qwen3:4b"),
            .init("embed:latest", capabilities: ["embedding"]),
            .init("gemma3:1b", capabilities: ["completion", "vision"]),
            .init("glm:cloud"), .init("mine:latest", remoteHost: "https://ollama.com"),
        ]
        try await FakeOllama.withServer(persona: .init(models: models)) { fake in
            #expect(try await client(of: fake).models() == ["qwen3:4b", "gemma3:1b"])
            let open = try client(of: fake) { $0.allowCloudModels = true }
            #expect(try await open.models() == ["qwen3:4b", "gemma3:1b", "glm:cloud", "mine:latest"])
            fake.enqueue(
                .json(200, [:]), .json(200, ["models": nil]), .json(200, ["models": [["model": "a:b"]]]),
                for: "/api/tags")
            #expect(try await open.models() == [])
            #expect(try await open.models() == [])
            #expect(try await open.models() == ["a:b"])
        }
    }

    @Test
    func modelsThatTakePromptsElsewhereAreRefused() async throws {
        let models: [FakeOllama.Persona.Model] = [
            .init("glm:cloud"), .init("mine:latest", remoteHost: "https://ollama.com"),
        ]
        try await FakeOllama.withServer(persona: .init(models: models)) { fake in
            let closed = try client(of: fake)
            _ = try await closed.models()
            for name in ["glm:cloud", "gpt-oss:120b-CLOUD", "mine", "mine:latest"] {
                let error = try await serviceError { _ = try await events(closed, model: name) }
                #expect(error.code == .invalidRequest)
                #expect(error.param == "model")
            }
            #expect(fake.exchanges(of: "/api/generate").isEmpty)
            let open = try client(of: fake) { $0.allowCloudModels = true }
            #expect(try await events(open, model: "glm:cloud").summary != nil)
        }
    }

    @Test
    func aPathPrefixStandsBeforeEveryPath() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.json(200, ["models": []]), for: "/ollama/api/tags")
            let client = try client(of: fake) { settings in
                settings.address = (try? OllamaAddress(fake.baseURL + "/ollama/")) ?? .standard
            }
            #expect(try await client.models() == [])
        }
    }

    @Test
    func theClientRefusesAfterItsShutdown() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            _ = try await client.models()
            try await client.shutdown()
            _ = try await serviceError { _ = try await client.models() }
        }
    }

    /// A blank line and half a line are nothing that can be had without waiting.
    @Test func whatCameTogetherIsAtHand() async throws {
        try await FakeOllama.withServer { fake in
            let rest = Gate()
            let reply = FakeOllama.Reply.streamHead()
                .chunk("{\"response\":\"a\"}\n{\"response\":\"b\"}\n\n{\"resp").hold(rest)
                .chunk("onse\":\"c\"}\n").line(FakeOllama.doneLine()).end()
            fake.enqueue(reply, for: "/api/generate")
            let seen = try await client(of: fake).withAnswer(to: .question, by: "qwen3:4b") { answer in
                var seen: [String] = []
                for try await case .delta(let piece) in answer {
                    seen.append("\(piece) \(answer.hasMore)")
                    if piece == "b" { rest.open() }
                }
                return seen
            }
            // Whether the end comes with the last piece is up to the network.
            #expect(seen.count == 3 && seen.prefix(2) == ["a true", "b false"])
        }
    }

    @Test func namesWithoutATagMeanTheLatest() async throws {
        let client = OllamaClient(logger: LogRecorder().logger)
        #expect(
            ["qwen3", "QWEN3:latest", "hf.co/A/b"].map(client.canonicalName) == [
                "qwen3:latest", "qwen3:latest", "hf.co/a/b:latest",
            ])
    }

    @Test func theServiceSaysHowOllamaGetsAModel() async throws {
        try await FakeOllama.withServer(persona: .init(models: [])) { fake in
            for (configured, message) in [
                ("", "Ollama has no model that can write text. Get one with 'ollama pull qwen3:4b', for example."),
                ("other:1b", "Ollama does not have the configured model 'other:1b'. Run 'ollama pull other:1b'."),
            ] {
                let service = LanguageModelService(
                    servers: ["ollama": try client(of: fake)], configuredModel: configured,
                    admission: WorkScheduler().admission(what: "llm", maxConcurrent: 1, maxQueued: 1),
                    logger: LogRecorder().logger)
                await service.probe()
                #expect(service.status().message == message)
            }
        }
    }
}
