import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import BridgeServer

@Suite struct BridgeConfigurationTests {
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
        #expect(configuration.text("models.tts") == "from-environment")
        #expect(configuration.text("models.stt") == "from-file")
        #expect(configuration.list("cors.origins") == ["https://a.example", "https://b.example"])
        #expect(configuration.integer("limits.body_text") == 1 << 20)
        let sources = Dictionary(uniqueKeysWithValues: configuration.effectiveValues().map { ($0.key, $0.source) })
        #expect(sources["port"] == "flag")
        #expect(sources["models.tts"] == "JARVIS_MODELS_TTS")
        #expect(sources["host"] == path)
        #expect(sources["preload"] == "default")
    }

    @Test func secretsAreMasked() throws {
        let configuration = try BridgeConfiguration.load(environment: ["JARVIS_API_KEYS": "abc,def"])
        #expect(configuration.effectiveValues().first { $0.key == "api_keys" }?.value == "********")
        #expect(configuration.list("api_keys") == ["abc", "def"])
    }

    @Test func unknownNamesAreRefusedWithAGuess() throws {
        let path = try file("prot: 1\n")
        let cases: [(ServiceError?, String, String)] = [
            (
                #expect(throws: ServiceError.self) { try BridgeConfiguration.load(file: path, environment: [:]) },
                "prot", "port"
            ),
            (
                #expect(throws: ServiceError.self) { try BridgeConfiguration.load(environment: ["JARVIS_PROT": "1"]) },
                "JARVIS_PROT", "JARVIS_PORT"
            ),
            (
                #expect(throws: ServiceError.self) {
                    try BridgeConfiguration.load(environment: [:], flags: ["models.ttts": "a"])
                }, "models.ttts", "models.tts"
            ),
        ]
        for (error, name, guess) in cases {
            #expect(error?.message.contains(name) == true)
            #expect(error?.message.contains("Did you mean \(guess)?") == true)
        }
    }

    @Test func badValuesAreRefusedWithWhatIsAllowed() throws {
        for (key, value, allowed) in [
            ("port", "eighty", "a whole number from 0 to 65535"), ("port", "70000", "0 to 65535"),
            ("preload", "yes", "true or false"),
            ("log.format", "xml", "auto, text, json"), ("services.enabled", "stt,vision", "llm, stt, tts, embeddings"),
        ] {
            let error = #expect(throws: ServiceError.self) {
                try BridgeConfiguration.load(environment: [:], flags: [key: value])
            }
            #expect(error?.param == key)
            #expect(error?.message.contains(value) == true && error?.message.contains(allowed) == true)
        }
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

    @Test func ollamasOwnVariableCountsLast() throws {
        #expect(try BridgeConfiguration.load(environment: ["OLLAMA_HOST": "a:1"]).ollamaAddress == "a:1")
        #expect(
            try BridgeConfiguration.load(environment: ["OLLAMA_HOST": "a:1", "JARVIS_OLLAMA_HOST": "b:2"]).ollamaAddress
                == "b:2")
    }

    @Test func defaultsFitTheirOwnRules() {
        for key in ConfigurationKey.all { #expect(key.problem(with: key.defaultValue) == nil, "\(key.name)") }
    }

    /// Written anew by `jarvis-bridges config --markdown > docs/configuration.md`.
    @Test func theReferencePageIsUpToDate() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        #expect(page.trimmingCharacters(in: .newlines) == BridgeConfiguration.markdownReference())
    }
}
