import BridgeSupport
import BridgeTesting
import LanguageModels
import Testing
import WorkScheduling

/// What models think, in answers of a server that passes it on in every way that there is.
@Suite(.timeLimit(.minutes(1)))
struct ThinkingModelTests {
    static let openTemplate = "{{ .Prompt }}<|im_start|>assistant\n<think>\n"
    static let closedTemplate =
        "{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}<|im_start|>assistant\n{{ if not .Think }}<think>\n\n</think>{{ end }}"

    private func lines(_ pieces: [String], isChat: Bool = false) -> FakeOllama.Reply {
        let line = isChat ? FakeOllama.chatLine : FakeOllama.generateLine
        return .stream(pieces.map { line($0, "qwen3:4b") } + [FakeOllama.doneLine()])
    }

    /// An answer that max_tokens ended.
    private func cut(_ pieces: [String]) -> FakeOllama.Reply {
        .stream(pieces.map { FakeOllama.generateLine($0) } + [FakeOllama.doneLine(reason: "length")])
    }

    private func service(_ model: any LanguageModel) -> LanguageModelService {
        LanguageModelService(
            servers: ["ollama": model], configuredModel: "qwen3:4b",
            admission: WorkScheduler().admission(what: "llm", maxConcurrent: 4, maxQueued: 4),
            logger: LogRecorder().logger)
    }

    @Test
    func thoughtsBetweenTagsAreEventsOfTheirOwn() async throws {
        try await FakeOllama.withServer { fake in
            let pieces = ["<th", "ink>\nHm", "…\n</thi", "nk>\n\nO", "ui"]
            fake.enqueue(lines(pieces), for: "/api/generate")
            fake.enqueue(lines(pieces, isChat: true), for: "/api/chat")
            for request in [GenerationRequest.question, .conversation] {
                let events = try await events(of: fake, request)
                #expect(events.dropLast() == [.thinking("Hm"), .thinking("…"), .delta("O"), .delta("ui")])
                #expect(events.summary?.finishReason == "stop")
            }
        }
    }

    @Test(arguments: ["thinking", "reasoning_content", "reasoning"])
    func thoughtsInAFieldAreEventsToo(_ name: String) async throws {
        try await FakeOllama.withServer { fake in
            let thought: JSONValue = .object([
                "message": .object(["content": "", name: "Hm…"]), "done": false,
            ])
            fake.enqueue(.stream([thought, FakeOllama.chatLine("Oui"), FakeOllama.doneLine()]), for: "/api/chat")
            let chat = try await events(of: fake, .conversation)
            #expect(chat.dropLast() == [.thinking("Hm…"), .delta("Oui")])
            let top: JSONValue = .object(["response": "", name: "Hm…", "done": false])
            fake.enqueue(.stream([top, FakeOllama.generateLine("Oui"), FakeOllama.doneLine()]), for: "/api/generate")
            let generated = try await events(of: fake)
            #expect(generated.thinking == "Hm…")
        }
    }

    @Test
    func thoughtsUnderOllamasNameCountBeforeThoseUnderOthers() async throws {
        try await FakeOllama.withServer { fake in
            let thought: JSONValue = .object([
                "message": .object(["content": "", "thinking": "Hm…"]), "reasoning": "", "done": false,
            ])
            fake.enqueue(.stream([thought, FakeOllama.chatLine("Oui"), FakeOllama.doneLine()]), for: "/api/chat")
            let chat = try await events(of: fake, .conversation)
            #expect(chat.dropLast() == [.thinking("Hm…"), .delta("Oui")])
        }
    }

    @Test
    func streamsOfATemplateThatOpensThoughtsWaitForTheClosingTag() async throws {
        let model = FakeOllama.Persona.Model(
            "qwen3:4b", capabilities: ["completion", "thinking"], template: Self.openTemplate)
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            _ = try await client.models()
            fake.enqueue(
                lines(["Hm", "…\n</th", "ink>\n\nO", "ui"]), lines(["O", "ui"]), lines(["O", "ui"]),
                for: "/api/generate")
            #expect(try await events(client).dropLast() == [.thinking("Hm…"), .delta("O"), .delta("ui")])
            // Once it does not think, its text was the answer, and the next one is passed on at once.
            #expect(try await events(client).dropLast() == [.delta("Oui")])
            #expect(try await events(client).dropLast() == [.delta("O"), .delta("ui")])
            #expect(fake.exchanges(of: "/api/show").count == 1)
        }
    }

    @Test(arguments: [closedTemplate, "{{ .Prompt }}"])
    func aTemplateThatOpensNoThoughtHoldsNothingUp(_ template: String) async throws {
        let model = FakeOllama.Persona.Model("qwen3:4b", capabilities: ["completion", "thinking"], template: template)
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            _ = try await client.models()
            #expect(try await events(client).count == 6)
            #expect(fake.exchanges(of: "/api/show").count == 1)
        }
    }

    @Test
    func aModelThatCannotThinkIsNotAskedAbout() async throws {
        let model = FakeOllama.Persona.Model("qwen3:4b", capabilities: ["completion"])
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            _ = try await events(client)
            _ = try await client.models()
            _ = try await events(client)
            #expect(fake.exchanges(of: "/api/show").isEmpty)
        }
    }

    @Test
    func aModelPulledAnewIsAskedAboutAgain() async throws {
        let model = FakeOllama.Persona.Model(
            "qwen3:4b", capabilities: ["completion", "thinking"], template: Self.openTemplate)
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            for digest in ["a", "a", "b"] {
                var model = model
                model.digest = digest
                fake.setPersona(.init(models: [model]))
                _ = try await client.models()
                fake.enqueue(lines(["Hm</think>Oui"]), for: "/api/generate")
                #expect(try await events(client).text == "Oui")
            }
            #expect(fake.exchanges(of: "/api/show").count == 2)
        }
    }

    @Test(arguments: [
        ("qwen3:4b", true), ("deepseek-r1:8b", true), ("qwen3-coder:30b", false), ("gemma3:1b", false),
    ])
    func namesTellWhereTheServerDescribesNoModels(_ name: String, _ isHeld: Bool) async throws {
        try await FakeOllama.withServer(persona: .init(models: [.init(name)])) { fake in
            let client = try client(of: fake)
            _ = try await client.models()
            fake.enqueue(.whole(404, "404 page not found", contentType: "text/plain"), for: "/api/show")
            fake.enqueue(lines(["Hm", "</think>", "Oui"]), for: "/api/generate")
            #expect(try await events(client, model: name).text == (isHeld ? "Oui" : "Hm</think>Oui"))
        }
    }

    @Test
    func aClosingTagOfAModelWithoutThoughtsIsAWord() async throws {
        let model = FakeOllama.Persona.Model("qwen3:4b", capabilities: ["completion"])
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            let service = service(client)
            _ = try await client.models()
            fake.enqueue(
                lines(["Hello </think> bye"]), lines(["Hello </think> bye"]),
                .stream([FakeOllama.generateLine("Oui, et"), FakeOllama.doneLine(reason: "length")]),
                for: "/api/generate")
            for text in ["Hello </think> bye", "Hello </think> bye", "Oui, et"] {
                let answer = try await service.generate(.question)
                #expect((answer.thinking, answer.text) == (nil, text))
            }
        }
    }

    @Test
    func loneClosingTagsAreLearnedAfterTwoInARow() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            let service = service(client)
            let (lone, plain) = (lines(["Hm", "\n</think>\n", "Oui"]), lines(["Oui"]))
            fake.enqueue(lone, plain, lone, lone, lone, for: "/api/generate")
            let whole = try await service.generate(.question)
            #expect((whole.thinking, whole.text) == ("Hm", "Oui"))
            #expect(try await events(client).text == "Oui")
            for _ in 1...2 { #expect(try await events(client).text == "Hm\n</think>\nOui") }
            #expect(try await events(client).dropLast() == [.thinking("Hm"), .delta("Oui")])
        }
    }

    @Test(
        arguments: [
            .init("qwen3:4b", template: ""), .init("qwen3:4b", capabilities: ["completion", "thinking"], template: ""),
            .init("qwen3:4b", template: "{{ .Prompt }}{{ if .Think }}<think>{{ end }}"),
        ] as [FakeOllama.Persona.Model])
    func anAnswerCutOffLosesNoTextToAGuess(_ model: FakeOllama.Persona.Model) async throws {
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            _ = try await client.models()
            for _ in 1...2 {
                fake.enqueue(cut(["La lampe ", "est"]), for: "/api/generate")
                #expect(try await events(client).dropLast() == [.delta("La lampe est")])
            }
            fake.enqueue(lines(["Hm\n</think>\nOui"]), lines(["Oui"]), cut(["O", "ui"]), for: "/api/generate")
            #expect(try await events(client).dropLast() == [.thinking("Hm"), .delta("Oui")])
            #expect(try await events(client).text == "Oui")
            #expect(try await events(client).dropLast() == [.delta("O"), .delta("ui")])
        }
    }

    @Test
    func aThoughtOfTheTemplateCutOffIsAThought() async throws {
        for template in [Self.openTemplate, "{{ if .Messages }}{{ range .Messages }}a{{ end }}<think>{{ end }}"] {
            let model = FakeOllama.Persona.Model("qwen3:4b", template: template)
            try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
                let client = try client(of: fake)
                _ = try await client.models()
                fake.enqueue(cut(["Hm, ", "et"]), for: "/api/generate")
                #expect(try await events(client).dropLast() == [.thinking("Hm, et")])
            }
        }
    }

    @Test(arguments: ["La balise </think> ferme.", "Hm.</think>Oui", "Hm.\n</think>\nOui"])
    func wordsOfOneUserTakeNoTextFromOthers(_ words: String) async throws {
        for capabilities in [nil, ["completion", "thinking"]] {
            let model = FakeOllama.Persona.Model("mistral:7b", capabilities: capabilities)
            try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
                let client = try client(of: fake)
                _ = try await client.models()
                fake.enqueue(
                    lines([words]), lines([words]), lines([words]), cut(["Oui, ", "et"]), for: "/api/generate")
                for _ in 1...3 { _ = try await events(client, model: "mistral:7b") }
                let answer = try await events(client, model: "mistral:7b")
                #expect((answer.text, answer.thinking) == ("Oui, et", ""))
            }
        }
    }

    @Test
    func aRequestThatKeepsTheModelFromItsTagsTeachesNothing() async throws {
        var stopped = GenerationRequest.question
        stopped.stop = ["</think>"]
        var formatted = GenerationRequest.question
        formatted.format = .json
        let begun = GenerationRequest(
            input: .chat([.init(role: .user, content: "Et ?"), .init(role: .assistant, content: "Je")]))
        let model = FakeOllama.Persona.Model("qwen3:4b", template: Self.openTemplate)
        for (request, isChat) in [(stopped, false), (formatted, false), (begun, true)] {
            try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
                let client = try client(of: fake)
                _ = try await client.models()
                fake.enqueue(lines(["Oui"], isChat: isChat), for: isChat ? "/api/chat" : "/api/generate")
                #expect(try await events(client, request).text == "Oui")
                fake.enqueue(lines(["Hm", "\n</think>\nOui"]), for: "/api/generate")
                #expect(try await events(client).dropLast() == [.thinking("Hm"), .delta("Oui")])
            }
        }
    }

    @Test
    func anAnswerThatTheClientBeganIsNotCutOffAsAThought() async throws {
        let model = FakeOllama.Persona.Model("qwen3:4b", template: Self.openTemplate)
        try await FakeOllama.withServer(persona: .init(models: [model])) { fake in
            let client = try client(of: fake)
            _ = try await client.models()
            fake.enqueue(
                .stream([FakeOllama.chatLine("vais et"), FakeOllama.doneLine(reason: "length")]), for: "/api/chat")
            let request = GenerationRequest(
                input: .chat([.init(role: .user, content: "Et ?"), .init(role: .assistant, content: "Je")]))
            #expect(try await events(client, request).text == "vais et")
        }
    }

    @Test
    func aClosingTagBehindAThoughtIsAWord() async throws {
        try await FakeOllama.withServer { fake in
            let service = service(try client(of: fake))
            fake.enqueue(lines(["<think>\n\n</think>\n\nVoici :\n</think>\nfin"]), for: "/api/generate")
            let answer = try await service.generate(.question)
            #expect((answer.thinking, answer.text) == (nil, "Voici :\n</think>\nfin"))
        }
    }

    @Test
    func aWholeAnswerHasItsThoughtsApart() async throws {
        try await FakeOllama.withServer { fake in
            let service = service(try client(of: fake))
            fake.enqueue(
                lines(["<think>Hm", "</think>", "{\"a\":1}"]),
                .stream([FakeOllama.generateLine("<think>Hm, et"), FakeOllama.doneLine(reason: "length")]),
                lines(["Oui"]),
                for: "/api/generate")
            let answer = try await service.generate(.question)
            #expect((answer.thinking, answer.text, answer.summary.finishReason) == ("Hm", "{\"a\":1}", "stop"))
            let cut = try await service.generate(.question)
            #expect((cut.thinking, cut.text, cut.summary.finishReason) == ("Hm, et", "", "length"))
            let plain = try await service.generate(.question)
            #expect(plain.thinking == nil && plain.text == "Oui")
        }
    }

    @Test func anAnswerThatEndsByItselfInAThoughtIsText() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            for pieces in [["<think>Res", "te"], ["<think>\nRes", "te"]] {
                fake.enqueue(lines(pieces), lines(pieces), for: "/api/generate")
                let answer = try await service(client).generate(.question)
                #expect((answer.thinking, answer.text) == (nil, pieces.joined()))
                #expect(
                    try await events(client).dropLast() == [
                        .thinking("Res"), .thinking("te"), .delta(pieces.joined()),
                    ])
            }
            for text in ["La lampe est allumée.</think>", "Réponse.\n</think>"] {
                fake.enqueue(lines([text]), lines([text]), lines([text]), for: "/api/generate")
                for _ in 1...3 { #expect(try await service(client).generate(.question).text == text) }
            }
        }
    }

    @Test
    func thinkingIsAskedForWhereTheRequestWantsIt() async throws {
        try await FakeOllama.withServer { fake in
            var request = GenerationRequest.question
            request.think = true
            let client = try client(of: fake)
            _ = try await events(client, request)
            #expect(fake.exchanges(of: "/api/generate").first?.json?["think"] == true)
            fake.enqueue(.error(400, "\"qwen3:4b\" does not support thinking"), for: "/api/generate")
            let error = try await serviceError { _ = try await events(client, request) }
            #expect((error.code, error.param) == (.invalidRequest, "think"))
        }
    }
}
