import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import OTLPTracing
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(5))) struct BridgeConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ text: String) throws -> String {
        let url = folder.url.appending(path: "jarvis-\(UUID().uuidString).yaml")
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    @Test func laterSourcesWin() throws {
        let path = try file(
            "port: 1001\nhost: 0.0.0.0\nmodels:\n  tts: from-file\n  stt: from-file\ncors:\n  origins: [https://a.example, https://b.example]\n"
        )
        let configuration = try BridgeConfiguration.load(
            file: path, environment: ["JARVIS_PORT": "1002", "JARVIS_MODELS_TTS": "from-environment"],
            flags: ["port": "1003"])
        #expect(configuration.port == 1003)
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration[Keys.voice] == "from-environment")
        #expect(configuration[Keys.speechModel] == "from-file")
        #expect(configuration[Keys.origins] == ["https://a.example", "https://b.example"])
        #expect(configuration[Keys.largestText] == 1 << 20)
        let sources = Dictionary(uniqueKeysWithValues: configuration.effectiveValues().map { ($0.key, $0.source) })
        #expect(sources["port"] == "flag")
        #expect(sources["models.tts"] == "JARVIS_MODELS_TTS")
        #expect(sources["host"] == path)
        #expect(sources["preload"] == "default")
    }

    @Test func secretsAreMasked() throws {
        let keys = ["first-key-of-22-characters", "second-key-of-22-characters"]
        let configuration = try BridgeConfiguration.loadAlone(environment: [
            "JARVIS_API_KEYS": keys.joined(separator: ",")
        ])
        #expect(configuration.effectiveValues().first { $0.key == "api_keys" }?.value == "********")
        #expect(configuration[Keys.apiKeys] == keys)
    }

    /// Where a setting may stand.
    enum Place: Sendable { case file, environment, flags }

    @Test(
        arguments: [
            (.file, "prot", "port"), (.environment, "JARVIS_PROT", "JARVIS_PORT"),
            (.flags, "models.ttts", "models.tts"), (.flags, "PORT", "port"),
        ] as [(Place, String, String)])
    func unknownNamesAreRefusedWithAGuess(place: Place, name: String, guess: String) throws {
        let path = try file("\(name): 1\n")
        let error = #expect(throws: ServiceError.self) {
            switch place {
            case .file: try BridgeConfiguration.load(file: path, environment: [:])
            case .environment: try BridgeConfiguration.loadAlone(environment: [name: "1"])
            case .flags: try BridgeConfiguration.loadAlone(environment: [:], flags: [name: "1"])
            }
        }
        #expect(error?.message.contains(name) == true)
        #expect(error?.message.contains("Did you mean \(guess)?") == true)
    }

    @Test(arguments: ["foo", "test", "timeouts.foo", "models"]) func farNamesAreNotGuessed(_ name: String) throws {
        for error in [
            #expect(throws: ServiceError.self) {
                try BridgeConfiguration.loadAlone(environment: [:], flags: [name: "1"])
            },
            #expect(throws: ServiceError.self) {
                try BridgeConfiguration.loadAlone(environment: ["JARVIS_" + name.uppercased(): "1"])
            },
        ] {
            #expect(error?.message.contains("Did you mean") == false, "\(error?.message ?? "")")
            #expect(error?.message.contains("config --markdown' lists all settings") == true)
        }
    }

    @Test func slipsAreCounted() {
        for (a, b, slips) in [
            ("port", "port", 0), ("prot", "port", 1), ("", "abc", 3), ("host", "hosts", 1), ("foo", "host", 3),
            ("abcd", "badc", 2),
        ] {
            #expect(editDistance(a, b) == slips && editDistance(b, a) == slips, "\(a), \(b)")
        }
    }

    @Test func aFileThatIsNotUTF8IsNamed() throws {
        let latin = folder.url.appending(path: "latin.yaml")
        for text in ["# d\u{E9}j\u{E0}\nport: 9000\n", "port: [1 # \u{E9}\n"] {
            try #require(text.data(using: .isoLatin1)).write(to: latin)
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.load(file: latin.path, environment: [:])
            }
            #expect(error?.message.contains("\(latin.path) is not UTF-8 text. Save it as UTF-8") == true)
        }
    }

    @Test(arguments: [
        ("port", "eighty", "a whole number from 0 to 65535"), ("port", "70000", "0 to 65535"),
        ("preload", "yes", "true or false"), ("tts.volume", "loud", "a number from 0 to 10"),
        ("tts.volume", "nan", "a number from 0 to 10"), ("tts.sentence_silence", "10.5", "0 to 10"),
        ("log.format", "xml", "auto, text, json"), ("cors.methods", "G ET", "a list of names"),
        ("cors.headers", "a b\r\nX-Evil: 1", "a list of names"), ("ollama.host", ":::bad", "http or https address"),
        ("ollama.host", "ftp://x", "http or https address"),
        ("services.enabled", "stt,vision", "llm, stt, tts, embeddings"),
    ])
    func badValuesAreRefusedWithWhatIsAllowed(key: String, value: String, allowed: String) {
        let error = #expect(throws: ServiceError.self) {
            try BridgeConfiguration.loadAlone(environment: [:], flags: [key: value])
        }
        #expect(error?.param == key)
        #expect(error?.message.contains(value) == true && error?.message.contains(allowed) == true)
    }

    @Test func badFilesAreRefused() throws {
        for text in ["port: [1", "- a\n", "port: {a: {b: 1}}\n", "just text"] {
            let path = try file(text)
            #expect(throws: ServiceError.self) { try BridgeConfiguration.load(file: path, environment: [:]) }
        }
        #expect(throws: ServiceError.self) {
            try BridgeConfiguration.load(file: "/nowhere/jarvis.yaml", environment: [:])
        }
        #expect(try BridgeConfiguration.load(file: file(""), environment: [:]).port == 8005)
    }

    /// What stands in the file may be what keeps strangers out.
    @Test func aFileThatCannotBeReadIsNoMissingFile() throws {
        func load() throws -> BridgeConfiguration {
            try BridgeConfiguration.load(environment: [:], folder: folder.url.path)
        }
        #expect(try load().port == 8005)
        try "port: 9001\n".write(to: folder.url.appending(path: "jarvis.yml"), atomically: true, encoding: .utf8)
        #expect(try load().port == 9001)
        let usual = folder.url.appending(path: "jarvis.yaml")
        try FileManager.default.createSymbolicLink(atPath: usual.path, withDestinationPath: "/nowhere")
        let dangling = #expect(throws: ServiceError.self) { try load() }
        #expect(dangling?.message.contains("jarvis.yaml cannot be read") == true)
        try FileManager.default.removeItem(at: usual)
        try FileManager.default.createDirectory(at: usual, withIntermediateDirectories: false)
        #expect(throws: ServiceError.self) { try load() }
    }

    @Test func errorsShowNothingOfTheFile() throws {
        for text in ["api_keys: SECRET\napi_keys: SECRET\n", "api_keys: [SECRET\n", "api_keys:\n\t- SECRET\n"] {
            let path = try file(text)
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.load(file: path, environment: [:])
            }
            #expect(error?.message.contains("is not YAML: ") == true && error?.message.contains("SECRET") == false)
        }
    }

    /// With a quote too few, a key stands where a name or another value is expected.
    @Test(arguments: [
        "log.level: \"info\napi_keys: SECRET\"\n", "log:\n  level: 'info\napi_keys: [SECRET]'\n",
        "log.level: \"info\napi_keys: \"SECRET\"\n", "api_keys: \"SECRET\n", "api_keys: 'SECRET\nport: 1\n",
        "api_keys: \"SECRET\nport: \"8005\"\n", "api_keys\": \"SECRET\"\n", "\"api_keys: SECRET\": x\n",
        "api_keys: SECRET\": x\n", "SECRET: x\n", "models:\n  SECRET: x\n", "api_keys:\nSECRET:\n  - a\n",
        "SECRET: [[a]]\n", "a.SECRET: 1\na:\n  SECRET: 2\n", "api_keys: *SECRET\n", "api_keys: !SECRET!a b\n",
        "port: SECRET\n", "port: [SECRET, \"SECRET]\n", "api_keys: {\"SECRET\n", "'SECRET'\n", "api_keys 'SECRET'\n",
        "? [SECRET]\n: a\n", "- SECRET\n", "api_keys: \"\\SECRET\"\n", "api_keys: SECRET\n---\na: SECRET\n",
        "%SECRET\n", "api_keys: `SECRET\n", "api_keys: @SECRET\n", "api_keys: \"SECRET\" SECRET\n",
    ]) func brokenQuotesShowNothing(_ text: String) throws {
        let path = try file(text)
        let error = #expect(throws: ServiceError.self) { try BridgeConfiguration.load(file: path, environment: [:]) }
        #expect(error.map { "\($0)" }?.contains("SECRET") == false, "\(String(describing: error))")
        #expect(error?.message.contains(path) == true)
    }

    @Test func placesInTheFileAreNamed() throws {
        for (text, place) in [
            ("port: 1\napi_keys: \"SECRET\n", "line 2, column 11"), ("port: 1\n\nprot: 2\n", "line 3"),
            ("port: 1\nlog.level: loud\n", "line 2"),
        ] {
            let path = try file(text)
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.load(file: path, environment: [:])
            }
            #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
        }
    }

    @Test func whatStandsBelowASecretIsNotShown() throws {
        for text in [
            "api_keys: {SECRET: x}\n", "api_keys: {SECRET: }\n", "api_keys.SECRET: x\n",
            "api_keys: {SECRET: 1, SECRET: 2}\n",
        ] {
            let path = try file(text)
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.load(file: path, environment: [:])
            }
            #expect(error?.message.contains("SECRET") == false, "\(error?.message ?? "")")
        }
        let below = try file("api_keys: {SECRET: x}\n")
        let error = #expect(throws: ServiceError.self) { try BridgeConfiguration.load(file: below, environment: [:]) }
        #expect(error?.message.contains("api_keys (in \(below)) must be a list") == true)
    }

    @Test func aKeyListWithoutAKeyIsRefused() throws {
        for empty in ["", ",,", " "] {
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.loadAlone(environment: ["JARVIS_API_KEYS": empty])
            }
            #expect(error?.message.contains("(from JARVIS_API_KEYS) holds no key") == true)
        }
        #expect(try BridgeConfiguration.load(file: file("api_keys: []\n"), environment: [:])[Keys.apiKeys].isEmpty)
    }

    @Test func aKeyThatCouldBeGuessedIsRefusedAndNotShown() throws {
        let short = String(repeating: "k", count: 21)
        let error = #expect(throws: ServiceError.self) {
            try BridgeConfiguration.loadAlone(environment: ["JARVIS_API_KEYS": "a-key-of-22-characters,\(short)"])
        }
        #expect(error?.message.contains("(from JARVIS_API_KEYS): it must be a list of keys of 22 characters") == true)
        #expect(error?.message.contains(short) == false)
        _ = try BridgeConfiguration.loadAlone(environment: ["JARVIS_API_KEYS": short + "k"])
    }

    @Test func valuesThatCannotWorkAreRefused() throws {
        for (key, value) in [
            ("services.enabled", ""), ("services.enabled", ","), ("cors.origins", "maison"), ("host", ""),
            ("cors.origins", "https://a.example/path"), ("host", "http://a"),
        ] {
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.loadAlone(environment: [:], flags: [key: value])
            }
            #expect(error?.param == key, "\(key)=\(value)")
        }
        for origins in ["*", "https://a.example, app://jarvis", "http://a.example:8080"] {
            _ = try BridgeConfiguration.loadAlone(environment: [:], flags: ["cors.origins": origins])
        }
        #expect(try BridgeConfiguration.loadAlone(environment: [:], flags: ["host": "[::1]"]).host == "::1")
    }

    @Test func whoMayCallIsKnown() throws {
        for (host, keys, isOpen) in [
            ("127.0.0.1", nil, false), ("localhost", nil, false), ("::1", nil, false), ("0.0.0.0", nil, true),
            ("::", nil, true), ("192.168.1.2", nil, true), ("0.0.0.0", "a-key-of-22-characters", false),
        ] as [(String, String?, Bool)] {
            var flags = ["host": host, "data_dir": TestData.nowhere.path]
            flags["api_keys"] = keys
            #expect(try BridgeConfiguration.loadAlone(environment: [:], flags: flags).isOpen == isOpen, "\(host)")
        }
    }

    @Test func keysWithoutAValueAreNotSetAndNoneIsThereTwice() throws {
        #expect(try BridgeConfiguration.load(file: file("port:\nhost: ~\n"), environment: [:]).port == 8005)
        let twice = try file("models.tts: espeak-fr\nmodels:\n  tts: espeak-en\n")
        let error = #expect(throws: ServiceError.self) { try BridgeConfiguration.load(file: twice, environment: [:]) }
        #expect(error?.message.contains("models.tts is there twice") == true)
    }

    @Test(arguments: ["JARVIS_OLLAMA_HOST", "OLLAMA_HOST"]) func passwordsInAddressesAreNotShown(_ variable: String) {
        for address in [
            "http://user:ge@heim@ollama.example:11434", "user:geheim@h:1", "http://user:ge/heim@h", "user:geheim://x@h",
        ] {
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.loadAlone(environment: [variable: address])
            }
            #expect(error?.message.contains(variable) == true && error?.message.contains("heim") == false, "\(address)")
        }
    }

    @Test func namesOfFilesAndModelsAreShownWhole() throws {
        let values = try BridgeConfiguration.loadAlone(
            environment: [:], flags: ["data_dir": "/home/me@work/x", "llm.model": "qwen3@sha256:12"]
        ).effectiveValues()
        #expect(values.first { $0.key == "data_dir" }?.value == "/home/me@work/x")
        #expect(values.first { $0.key == "llm.model" }?.value == "qwen3@sha256:12")
    }

    @Test func ollamasOwnVariableIsNamedWhereItIsWrong() throws {
        let error = #expect(throws: ServiceError.self) {
            try BridgeConfiguration.loadAlone(environment: ["OLLAMA_HOST": "ftp://x"])
        }
        #expect(error?.param == "OLLAMA_HOST" && error?.message.contains("ftp://x") == true)
        _ = try BridgeConfiguration.loadAlone(environment: ["OLLAMA_HOST": "ftp://x", "JARVIS_OLLAMA_HOST": "a"])
    }

    @Test func ollamasOwnVariableCountsLast() throws {
        func address(_ environment: [String: String]) throws -> String {
            try BridgeConfiguration.loadAlone(environment: environment).ollamaAddress.url
        }
        #expect(try address([:]) == "http://127.0.0.1:11434")
        #expect(try address(["OLLAMA_HOST": "a:1"]) == "http://a:1")
        #expect(try address(["OLLAMA_HOST": "a:1", "JARVIS_OLLAMA_HOST": "b:2"]) == "http://b:2")
        #expect(try address(["OLLAMA_HOST": "a:1", "JARVIS_OLLAMA_HOST": ""]) == "http://a:1")
    }

    @Test func theCollectorsOwnVariableCountsLastAndIsNamedWhereItIsWrong() throws {
        let variable = "OTEL_EXPORTER_OTLP_ENDPOINT"
        let own = "JARVIS_TRACING_ENDPOINT"
        func endpoint(_ environment: [String: String]) throws -> String? {
            try BridgeConfiguration.loadAlone(environment: environment).traceEndpoint?.description
        }
        #expect(try endpoint([:]) == nil)
        #expect(try endpoint([variable: ""]) == nil)
        #expect(try endpoint([variable: "http://a:4318"]) == "http://a:4318")
        #expect(try endpoint([variable: "http://a:4318", own: "http://b"]) == "http://b")
        #expect(try endpoint([variable: "a:4317", own: "http://b"]) == "http://b")
        let error = #expect(throws: ServiceError.self) { try endpoint([variable: "a:4317"]) }
        #expect(error?.param == variable && error?.message.contains("a:4317") == true)
    }

    @Test func whatTheCollectorWantsIsASecret() throws {
        let (variable, own) = ("OTEL_EXPORTER_OTLP_HEADERS", "JARVIS_TRACING_HEADERS")
        func headers(_ environment: [String: String]) throws -> [CollectorHeader] {
            try BridgeConfiguration.loadAlone(environment: environment).traceHeaders
        }
        #expect(try headers([:]) == [])
        let others = ["a=b", "c=d%20e"].compactMap(CollectorHeader.init)
        #expect(try others.count == 2 && headers([variable: "a=b, c=d%20e"]) == others)
        #expect(try headers([variable: "a=b", own: "c=d"]) == [#require(CollectorHeader("c=d"))])
        for name in [variable, own] {
            let error = #expect(throws: ServiceError.self) { try headers([name: "hush"]) }
            #expect(error?.message.contains("hush") == false && error?.message.contains("header fields") == true)
        }
        let shown = try BridgeConfiguration.loadAlone(environment: [own: "a=hush"]).effectiveValues()
        #expect(shown.first { $0.key == "tracing.headers" }?.value == "********")
    }

    @Test func defaultsFitTheirOwnRules() {
        for setting in Keys.all { #expect(setting.parse(setting.defaultText) != nil, "\(setting.name)") }
    }

    /// A key that the table lacks could be asked for and never set.
    @Test func theTableHasEveryKey() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let source = try String(
            contentsOf: root.appending(path: "Sources/BridgeRuntime/Configuration/Keys.swift"), encoding: .utf8)
        let declared = source.matches(of: /static let \w+ = (?:Key[<.]|idleTime\()/).count
        #expect(declared > 40 && Keys.all.count == declared)
    }

    /// Written anew by `jarvis-bridges config --markdown > docs/configuration.md`.
    @Test func theReferencePageIsUpToDate() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        #expect(page.trimmingCharacters(in: .newlines) == BridgeConfiguration.markdownReference())
    }

    @Test(arguments: [
        ("localhost", true), ("Localhost", true), ("localhost.", true), ("127.0.0.1", true), ("127.8.9.10", true),
        ("127.1", true), ("::1", true), ("0:0:0:0:0:0:0:1", true), ("::ffff:127.0.0.1", true), ("::FFFF:7F00:1", true),
        ("127.example.org", false), ("127.0.0.1.nip.io", false), ("localhost.example.org", false), ("0.0.0.0", false),
        ("::", false), ("::2", false), ("::ffff:10.0.0.1", false), ("128.0.0.1", false), ("", false),
    ])
    func loopbackIsWhatTheSystemTakesForIt(host: String, isLoopback: Bool) {
        #expect(BridgeConfiguration.isLoopback(host) == isLoopback)
    }
}
