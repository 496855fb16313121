import BridgeTesting
import Foundation
import Testing

/// `models` as a person types it, against a hub on this machine.
@Suite(.timeLimit(.minutes(5))) struct ModelCommandTests {
    private static let model = TinyEncoder.id

    /// Every file of every repository, each with bytes of its own.
    private static func withHub(_ body: @escaping @Sendable (_ environment: [String: String]) async throws -> Void)
        async throws
    {
        try await HubStandIn.run({ asked, _ in .small(content(asked.path)) }) { hub in
            let data = try TemporaryFolder()
            try await body([
                "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": data.url.path,
                "NO_PROXY": "127.0.0.1",
            ])
        }
    }

    private static func content(_ path: String) -> [UInt8] {
        TinyEncoder.content(path) ?? Array("{\"file\":\"\((path as NSString).lastPathComponent)\"}".utf8)
    }

    private static func installed(_ environment: [String: String]) async throws -> [String] {
        let list = try await Program.run(["models", "list", "--installed", "--json"], environment: environment)
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        return rows.compactMap { $0["id"] as? String }
    }

    @Test func aModelIsPulledListedVerifiedAndRemoved() async throws {
        try await Self.withHub { environment in
            let run = { (arguments: [String]) in try await Program.run(["models"] + arguments, environment: environment)
            }
            #expect(try await !Self.installed(environment).contains(Self.model))
            let pull = try await run(["pull", Self.model])
            #expect(pull.status == 0, "\(pull.errors)")
            // Nobody watches: plain lines, and not a bar that draws over itself.
            #expect(pull.errors.contains(Self.model) && !pull.errors.contains("\r"), "\(pull.errors)")
            #expect(try await Self.installed(environment).contains(Self.model))
            let again = try await run(["pull", Self.model])
            #expect(again.errors == "\(Self.model) is installed.\n")
            let table = try await run(["list", "--service", "embeddings"])
            #expect(table.text.split(separator: "\n").contains { $0.hasPrefix("✓  \(Self.model) ") }, "\(table.text)")
            #expect(!table.text.contains("fr_FR-"))

            let good = try await run(["verify", Self.model])
            #expect((good.status, good.text) == (0, "ok    \(Self.model)\n"))
            let folder = URL(filePath: environment["JARVIS_DATA_DIR"] ?? "").appending(path: "models/\(Self.model)")
            try Data("{\"file\":\"config.jsoN\"}".utf8).write(to: folder.appending(path: "config.json"))
            let bad = try await run(["verify", Self.model])
            #expect(bad.status == 1)
            #expect(bad.text.hasPrefix("FAIL  \(Self.model): ") && bad.text.contains("config.json"), "\(bad.text)")
            #expect(bad.errors.contains("models remove"))

            let removal = try await run(["remove", Self.model])
            #expect(
                (removal.status, removal.errors) == (
                    0,
                    "\(Self.model) removed. A running server keeps the model that it has loaded until it is started again.\n"
                ))
            #expect(!FileManager.default.fileExists(atPath: folder.path))
            #expect(try await !Self.installed(environment).contains(Self.model))
        }
    }

    @Test func verifyFindsAModelThatWasCut() async throws {
        try await Self.withHub { environment in
            let run = { (arguments: [String]) in try await Program.run(["models"] + arguments, environment: environment)
            }
            let pull = try await run(["pull", Self.model, "espeak-fr", "--json"])
            let pulled = try #require(JSONSerialization.jsonObject(with: pull.output) as? [[String: Any]])
            #expect(pulled.map { $0["id"] as? String } == [Self.model, "espeak-fr"], "\(pull.errors)")
            let folder = URL(filePath: try #require(pulled.first?["directory"] as? String))
            try Data("{".utf8).write(to: folder.appending(path: "config.json"))
            let bad = try await run(["verify"])
            #expect(bad.status == 1)
            #expect(bad.text.contains("FAIL  \(Self.model): config.json has 1 bytes instead of"), "\(bad.text)")
            #expect(bad.text.contains("–     whisper-nano: part of the program"))
            let told = try await run(["verify", "--json"])
            let rows = try #require(JSONSerialization.jsonObject(with: told.output) as? [[String: Any]])
            #expect(rows.first { $0["id"] as? String == Self.model }?["state"] as? String == "damaged")
            let removal = try await run(["remove", Self.model, "--json"])
            let removed = try #require(JSONSerialization.jsonObject(with: removal.output) as? [[String: Any]])
            #expect(removed.count == 1 && removed[0]["was_installed"] as? Bool == true)
        }
    }

    /// The hub answers that it is there, and has nothing: a mirror that holds only part of it.
    private static func withEmptyHub(_ body: @escaping @Sendable (_ environment: [String: String]) async throws -> Void)
        async throws
    {
        try await HubStandIn.run({ asked, _ in asked.method == "HEAD" ? .status(200) : .status(404) }) { hub in
            let data = try TemporaryFolder()
            // Nothing comes from the package index either.
            try await ProxyStandIn.refusing { proxy in
                try await body([
                    "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": data.url.path,
                    "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "HTTPS_PROXY": "http://127.0.0.1:\(proxy)",
                    "https_proxy": "http://127.0.0.1:\(proxy)",
                ])
            }
        }
    }

    @Test func whatStandsInIsFetchedWhereADownloadFails() async throws {
        try await Self.withEmptyHub { environment in
            let pull = try await Program.run(
                ["models", "pull", "--defaults", "--set", "services.enabled=embeddings"], environment: environment)
            #expect(pull.status == 1)
            for id in ["paraphrase-multilingual-MiniLM-L12-v2", "multilingual-e5-small", "all-MiniLM-L6-v2"] {
                #expect(pull.errors.contains("\(id) could not be fetched: "), "\(pull.errors)")
            }
            #expect(pull.errors.contains("There is no model for embeddings: neither "), "\(pull.errors)")
        }
    }

    /// What the configuration would have is not fetched in its place, and nothing else stands in for it.
    @Test func whatWasChosenWhileAServerRanIsFetched() async throws {
        try await Self.withEmptyHub { environment in
            let data = URL(filePath: try #require(environment["JARVIS_DATA_DIR"]))
            try Data(#"{"embeddings": "all-MiniLM-L6-v2"}"#.utf8).write(to: data.appending(path: "defaults.json"))
            let pull = try await Program.run(
                ["models", "pull", "--defaults", "--set", "services.enabled=embeddings"], environment: environment)
            #expect(pull.status == 1)
            #expect(pull.errors.contains("all-MiniLM-L6-v2 could not be fetched: "), "\(pull.errors)")
            #expect(!pull.errors.contains("paraphrase"), "\(pull.errors)")
            #expect(
                pull.errors.contains("all-MiniLM-L6-v2, which was chosen while a server ran, is not installed"),
                "\(pull.errors)")
        }
    }

    @Test func aPullThatFailsKeepsNoOtherBack() async throws {
        try await Self.withHub { environment in
            let pull = try await Program.run(
                ["models", "pull", "nix", Self.model, "nox", "--json"], environment: environment)
            #expect(pull.status == 1)
            #expect(pull.errors.contains("nix") && pull.errors.contains("nox"), "\(pull.errors)")
            let rows = try #require(JSONSerialization.jsonObject(with: pull.output) as? [[String: Any]])
            #expect(rows.map { $0["id"] as? String } == [Self.model])
            #expect(try await Self.installed(environment).contains(Self.model))
        }
    }

    @Test func defaultsAreThereWhereWhatStandsInIsPartOfTheProgram() async throws {
        try await Self.withEmptyHub { environment in
            let pull = try await Program.run(
                ["models", "pull", "--defaults", "--json", "--set", "services.enabled=tts"], environment: environment)
            #expect(pull.status == 0, "\(pull.errors)")
            for id in ["fr_FR-upmc-medium", "en_US-joe-medium"] {
                #expect(pull.errors.contains("\(id) could not be fetched: "), "\(pull.errors)")
            }
            let rows = try #require(JSONSerialization.jsonObject(with: pull.output) as? [[String: Any]])
            #expect(rows.map { $0["id"] as? String } == ["espeak-fr"])
        }
    }

    /// Nobody waits at each start for attempts that cannot bring anything.
    @Test func nothingIsTriedWhereNeitherTheHubNorTheIndexAnswers() async throws {
        let data = try TemporaryFolder()
        try await ProxyStandIn.refusing { proxy in
            let pull = try await Program.run(
                ["models", "pull", "--defaults"],
                environment: [
                    "HF_ENDPOINT": "http://127.0.0.1:1", "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": data.url.path,
                    "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "HTTPS_PROXY": "http://127.0.0.1:\(proxy)",
                    "https_proxy": "http://127.0.0.1:\(proxy)",
                ])
            let warnings = pull.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
            #expect(warnings.count == 1, "\(pull.errors)")
            for words in [
                "cannot be reached. Nor can the Python package index.", "Others stand in for whisper-base",
                "models pull silero-vad whisper-base fr_FR-upmc-medium", "en_US-joe-medium' fetches them later.",
            ] { #expect(pull.errors.contains(words), "\(pull.errors)") }
        }
    }

    @Test func aPortInUseIsFoundBeforeAnythingIsFetched() async throws {
        try await HubStandIn.run({ _, _ in .status(404) }) { hub in
            let port = try #require(hub.endpoint.split(separator: ":").last)
            let data = try TemporaryFolder()
            let serve = try await Program.run(
                ["serve", "--pull", "--port", String(port)],
                environment: [
                    "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": data.url.path,
                ])
            #expect(serve.status == 1 && serve.errors.contains("Port \(port) is in use"), "\(serve.errors)")
            #expect(hub.asked.isEmpty)
        }
    }

    /// A name that nobody resolves: only a proxy leads there.
    private static func pullThroughProxy(_ variables: [String: String], _ hub: HubStandIn) async throws
        -> Program.Outcome
    {
        let data = try TemporaryFolder()
        var environment = [
            "HF_ENDPOINT": "http://hub.invalid", "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": data.url.path,
        ]
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
            environment[name] = variables[name.uppercased()] ?? (name.uppercased() == "NO_PROXY" ? "" : nil)
        }
        return try await Program.run(["models", "pull", model], environment: environment)
    }

    @Test func proxiesAreUsedAndExplained() async throws {
        try await HubStandIn.run({ asked, _ in .small(Self.content(asked.path)) }) { hub in
            let port = try #require(hub.endpoint.split(separator: ":").last.flatMap { Int($0) })
            let basic = "Basic \(Data("me:word".utf8).base64EncodedString())"
            try await ProxyStandIn.http(to: port, authorization: basic) { proxy in
                let known = try await Self.pullThroughProxy(["HTTP_PROXY": "http://me:word@127.0.0.1:\(proxy)"], hub)
                #expect(known.status == 0, "\(known.errors)")
                let stranger = try await Self.pullThroughProxy(["HTTP_PROXY": "127.0.0.1:\(proxy)"], hub)
                #expect(
                    stranger.status == 1 && stranger.errors.contains("HTTP 407")
                        && stranger.errors.contains("http://user:password@host:port"), "\(stranger.errors)")
            }
            try await ProxyStandIn.socks(to: port) { proxy in
                let pull = try await Self.pullThroughProxy(["ALL_PROXY": "socks5h://127.0.0.1:\(proxy)"], hub)
                #expect(pull.status == 0, "\(pull.errors)")
            }
            try await ProxyStandIn.refusing { proxy in
                let pull = try await Self.pullThroughProxy(["HTTP_PROXY": "127.0.0.1:\(proxy)"], hub)
                #expect(pull.status == 1 && pull.errors.contains("It must allow CONNECT"), "\(pull.errors)")
            }
            let unusable = try await Self.pullThroughProxy(["ALL_PROXY": "socks4://127.0.0.1:1"], hub)
            #expect(unusable.status == 1 && unusable.errors.contains("of the kind socks4"), "\(unusable.errors)")
        }
    }

    @Test func aDamagedListOfVoicesIsSaid() async throws {
        let data = try TemporaryFolder()
        let models = data.url.appending(path: "models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try Data("<html>".utf8).write(to: models.appending(path: "piper-voices.json"))
        let list = try await Program.run(["models", "list"], environment: ["JARVIS_DATA_DIR": data.url.path])
        #expect(list.status == 0 && list.errors.hasPrefix("warning: The fetched list of voices "), "\(list.errors)")
    }

    @Test func theTableFitsATerminal() async throws {
        let table = try await Program.run(
            ["-qec", "stty cols 80; '\(Program.path)' models list", "/dev/null"], at: "/usr/bin/script")
        let lines = table.text.split(separator: "\r\n")
        #expect(lines.count > 20 && lines.allSatisfy { $0.count <= 80 }, "\(table.text.prefix(2000))")
    }

    /// The catalogue knows the digests of its voices, whatever a hub says.
    @Test func aFileThatIsNotWhatTheCatalogueKnowsIsRefused() async throws {
        try await Self.withHub { environment in
            let pull = try await Program.run(["models", "pull", "fr_FR-siwis-medium"], environment: environment)
            #expect(pull.status == 1)
            #expect(pull.errors.contains("fr_FR-siwis-medium"), "\(pull.errors)")
            #expect(try await !Self.installed(environment).contains("fr_FR-siwis-medium"))
        }
    }

    @Test func theNetworkIsNotUsedWhereItIsForbidden() async throws {
        try await HubStandIn.run({ asked, _ in .small(Self.content(asked.path)) }) { hub in
            let data = try TemporaryFolder()
            let pull = try await Program.run(
                ["models", "pull", Self.model],
                environment: [
                    "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "1", "JARVIS_DATA_DIR": data.url.path,
                ])
            #expect(pull.status == 1)
            #expect(pull.errors.contains("HF_HUB_OFFLINE"), "\(pull.errors)")
            #expect(hub.asked.isEmpty)
        }
    }
}
