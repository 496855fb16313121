import BridgeSupport
import LanguageModels

extension FakeOllama {
    /// How the fake behaves when nothing is scripted: its models, its words and its pace.
    public struct Persona: Sendable {
        /// A model that the server lists.
        public struct Model: Sendable {
            /// With its tag: "gemma3:1b".
            public var name: String
            /// nil as before Ollama 0.30, which does not tell.
            public var capabilities: [String]?
            /// As `/api/show` and `/api/tags` tell it.
            public var family: String
            /// Set for models that run elsewhere.
            public var remoteHost: String?
            /// The prompt template in `/api/show`.
            public var template: String
            /// 64 hexadecimal digits; for some models the digest of a file.
            public var digest = String(repeating: "8f", count: 32)

            public init(
                _ name: String, capabilities: [String]? = nil, family: String = "qwen3", remoteHost: String? = nil,
                template: String = "{{ .System }}{{ .Prompt }}"
            ) {
                self.name = name
                self.capabilities = capabilities
                self.family = family
                self.remoteHost = remoteHost
                self.template = template
            }
        }

        /// As `/api/version` tells it.
        public var version: String
        /// In the order in which they are listed.
        public var models: [Model]
        /// The models in memory.
        public var loaded: Set<String> = []
        /// The pieces of every answer, one per line.
        public var pieces: [String]
        /// How long each piece takes.
        public var pace: Duration
        /// What it answers to paths that Ollama does not have.
        public var others: [String: Reply] = [:]

        public init(
            version: String = "0.33.0", models: [Model] = [Model("qwen3:4b"), Model("gemma3:1b", family: "gemma3")],
            pieces: [String] = ["La capitale", " de l'Islande", " est", " Reykjavik", "."], pace: Duration = .zero
        ) {
            self.version = version
            self.models = models
            self.pieces = pieces
            self.pace = pace
        }
    }
}

extension FakeOllama.Persona {
    mutating func reply(to exchange: FakeOllama.Exchange) -> FakeOllama.Reply {
        let name = exchange.json?["model"]?.stringValue ?? ""
        switch (exchange.method, exchange.path) {
        case ("GET", "/"): return .whole(200, "Ollama is running", contentType: "text/plain; charset=utf-8")
        case ("GET", "/api/version"): return .json(200, ["version": .string(version)])
        case ("GET", "/api/tags"): return .json(200, ["models": .array(models.map(\.listing))])
        case ("POST", "/api/show"): return description(for: exchange)
        case ("GET", "/api/ps"):
            return .json(200, ["models": .array(models.filter { loaded.contains($0.name) }.map(\.running))])
        case ("POST", "/api/pull"): return pull(name)
        case ("DELETE", "/api/delete"):
            guard let index = models.firstIndex(where: { $0.name == name }) else {
                return .error(404, "model '\(name)' not found")
            }
            models.remove(at: index)
            return .whole(200)
        case ("POST", "/api/generate") where exchange.json?["prompt"] == nil: return keep(name, exchange)
        case ("POST", "/api/chat"), ("POST", "/api/generate"): return answer(to: exchange)
        default: return others[exchange.path] ?? .whole(404, "404 page not found", contentType: "text/plain")
        }
    }

    /// One file in two pieces; no library has a model whose name begins with "missing".
    private mutating func pull(_ name: String) -> FakeOllama.Reply {
        let head = FakeOllama.Reply.streamHead().line(["status": "pulling manifest"])
        guard !name.hasPrefix("missing") else {
            return head.line(["error": "pull model manifest: file does not exist"]).end()
        }
        if !models.contains(where: { $0.name == name }) { models.append(Model(name)) }
        let digest = JSONValue.string("sha256:\(String(repeating: "8f", count: 32))")
        let pieces = [400, 1000].reduce(head) { reply, completed in
            reply.wait(pace).line([
                "status": "pulling 8f8f8f8f8f8f", "digest": digest, "total": 1000,
                "completed": .number(JSONNumber(completed)),
            ])
        }
        return pieces.line(["status": "verifying sha256 digest"]).line(["status": "success"]).end()
    }

    /// A request without a prompt loads a model, or lets it go.
    private mutating func keep(_ name: String, _ exchange: FakeOllama.Exchange) -> FakeOllama.Reply {
        guard models.contains(where: { $0.name == name }) else { return .error(404, "model '\(name)' not found") }
        let goes = exchange.json?["keep_alive"]?.numberValue == 0
        if goes { loaded.remove(name) } else { loaded.insert(name) }
        return .json(
            200, ["model": .string(name), "response": "", "done": true, "done_reason": goes ? "unload" : "load"])
    }

    private func description(for exchange: FakeOllama.Exchange) -> FakeOllama.Reply {
        let name = exchange.json?["model"]?.stringValue ?? ""
        guard let model = models.first(where: { $0.name == name || $0.name == name + ":latest" }) else {
            return .error(404, "model '\(name)' not found")
        }
        return .json(
            200,
            [
                "modelfile": "", "parameters": "", "template": .string(model.template), "details": ["format": "gguf"],
                "model_info": ["general.architecture": .string(model.family)],
                "capabilities": model.capabilities.map { .array($0.map(JSONValue.string)) } ?? nil,
            ])
    }

    private func answer(to exchange: FakeOllama.Exchange) -> FakeOllama.Reply {
        guard let request = exchange.json else { return .error(400, "missing request body") }
        let name = request["model"]?.stringValue ?? ""
        guard models.contains(where: { $0.name == name || $0.name == name + ":latest" }) else {
            return .error(404, "model '\(name)' not found")
        }
        let isChat = exchange.path == "/api/chat"
        let limit = (request["options"]?["num_predict"]?.numberValue).flatMap(Int.init(exactly:)) ?? -1
        let said = limit >= 0 ? Array(pieces.prefix(limit)) : pieces
        let line = isChat ? FakeOllama.chatLine : FakeOllama.generateLine
        let done = FakeOllama.doneLine(
            model: name, reason: said.count < pieces.count ? "length" : "stop", generated: said.count)
        guard request["stream"]?.boolValue != false else {
            return .json(200, Self.merged(said.joined(), done, isChat: isChat))
        }
        let start = FakeOllama.Reply.streamHead()
        return said.reduce(start) { $0.wait(pace).line(line($1, name)) }.line(done).end()
    }

    private static func merged(_ text: String, _ done: JSONValue, isChat: Bool) -> JSONValue {
        guard case .object(var members) = done else { return done }
        members["response"] = isChat ? nil : .string(text)
        members["message"] = isChat ? ["role": "assistant", "content": .string(text)] : nil
        return .object(members)
    }
}

extension FakeOllama.Persona.Model {
    /// The model's entry of `/api/ps`.
    fileprivate var running: JSONValue {
        ["name": .string(name), "model": .string(name), "size": 1_200_000_000, "size_vram": 900_000_000]
    }

    /// The model's entry of `/api/tags`.
    fileprivate var listing: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "model": .string(name), "modified_at": "2026-03-01T10:00:00.5+01:00",
            "size": 815_319_791, "digest": .string(digest),
            "details": [
                "parent_model": "", "format": "gguf", "family": .string(family), "families": nil,
                "parameter_size": "4.0B", "quantization_level": "Q4_K_M",
            ],
        ]
        members["capabilities"] = capabilities.map { .array($0.map(JSONValue.string)) }
        if let remoteHost {
            members["remote_host"] = .string(remoteHost)
            members["remote_model"] = .string(name)
        }
        return .object(members)
    }
}
