import AsyncHTTPClient
import BridgeTesting
import LanguageModels
import Testing

@testable import BridgeServer

/// Fields that may be left out, with values that they cannot have.
@Suite(.timeLimit(.minutes(5))) struct BadInputFieldTests {
    struct Fields: Sendable, CustomTestStringConvertible {
        var path: String
        /// A good request, less its closing brace.
        var start: String
        /// For each field what it takes no value of.
        var wrong: [String: [String]]
        var testDescription: String { path }
    }

    private static let notTexts = ["7", "true", "[]", "{}"]
    private static let notNames = notTexts + ["\"" + String(repeating: "a", count: 257) + "\""]
    private static let notFlags = ["7", "\"true\"", "[]", "{}"]
    private static let notNumbers = ["true", "\"7\"", "[]", "{}", "1e300", "-1e300"]
    private static let notWhole = notNumbers + ["1.5"]

    private static let generation: [String: [String]] = [
        "temperature": notNumbers + ["-0.1", "2.1"], "max_tokens": notWhole + ["0", "-1", "32769"], "model": notNames,
        "stream": notFlags, "top_p": notNumbers + ["1.1"], "top_k": notWhole + ["-1"], "seed": notWhole,
        "stop": ["7", "{}", "\"a\"", "[7]"], "format": ["7", "true", "[]", "\"xml\""],
        "keep_alive": ["true", "[]", "{}"],
    ]

    static let all = [
        Fields(
            path: "/api/llm/generate", start: #"{"prompt":"a""#,
            wrong: generation.merging(["system_prompt": notTexts]) { $1 }),
        Fields(path: "/api/llm/chat", start: #"{"messages":[{"role":"user","content":"a"}]"#, wrong: generation),
        Fields(
            path: "/api/stt/transcribe", start: #"{"audio_data":"AAAAAA==""#,
            wrong: [
                "language": notTexts,
                "languages": ["1", "{}", "true", "[1]", "[]", "\"\"", "[\"klingon\"]", "\"fr,klingon\""],
                "sample_rate": notWhole + ["0", "-16000", "768001"],
                "encoding": notTexts + ["\"gsm\""], "task": notTexts + ["\"sing\""], "model": notNames,
                "prompt": notTexts + ["\"" + String(repeating: "a", count: 5000) + "\""],
                "temperature": notNumbers + ["-0.1", "1.1"], "beam_size": notWhole + ["0", "11"], "vad": notFlags,
                "word_timestamps": notFlags, "text_format": notTexts + ["\"digits\"", "\"Written\""],
                "stream": notFlags,
            ]),
        Fields(
            path: "/api/tts/synthesize", start: #"{"text":"a.""#,
            wrong: [
                "voice": notNames, "language": notNames + ["\"klingon\"", "\"a/b\""],
                "speed": notNumbers + ["0.2", "4.1", "0"], "format": notTexts + ["\"doc\""],
                "speaker": ["true", "[]", "{}", "-1", "1.5", "1e300"], "normalize": notFlags,
                "normalize_audio": notFlags, "explain": notFlags, "stream": notFlags,
                "volume": notNumbers + ["-0.1", "11"], "sentence_silence": notNumbers + ["-1", "10.5"],
            ]),
        Fields(
            path: "/api/embeddings/embed", start: #"{"text":"a""#,
            wrong: [
                "model": notNames, "encoding": notTexts + ["\"hex\""],
                "input_type": notTexts + ["\"document\"", "\"Query\""],
            ]),
        Fields(
            path: "/api/embeddings/embed-batch", start: #"{"texts":["a"]"#,
            wrong: [
                "model": notNames, "encoding": notTexts + ["\"hex\""],
                "input_type": notTexts + ["\"document\"", "\"Query\""],
            ]),
    ]

    @Test(arguments: all) func wrongValuesNameTheirField(_ fields: Fields) async throws {
        try await TestServer().run { client in
            for (field, values) in fields.wrong {
                for value in values {
                    let answer = try await client.post(fields.path, #"\#(fields.start),"\#(field)":\#(value)}"#)
                    #expect(
                        (answer.status, answer.code, answer.param) == (400, "invalid_request", field),
                        "\(field) \(value.prefix(20)): \(answer.text.prefix(300))")
                    #expect(
                        answer.message?.contains(field) == true && answer.message?.hasSuffix(".") == true,
                        "\(answer.text)")
                }
                // null is the same as absent, and so is an empty name or choice.
                if ["model", "voice", "encoding", "task", "language", "input_type"].contains(field) {
                    let empty = try await client.post(fields.path, #"\#(fields.start),"\#(field)":""}"#)
                    #expect(empty.status == 200, "\(field): \(empty.text.prefix(300))")
                }
                let absent = try await client.post(fields.path, #"\#(fields.start),"\#(field)":null}"#)
                #expect(absent.status == 200, "\(field): \(absent.text.prefix(300))")
            }
        }
    }

    @Test func whatMayBeANumberOrATextIsSaidToBe() async throws {
        try await TestServer().run { client in
            let time = try await client.post("/api/llm/generate", #"{"prompt":"a","keep_alive":true}"#)
            #expect(time.message == "keep_alive must be a text or a number.")
            let speaker = try await client.post("/api/tts/synthesize", #"{"text":"a.","speaker":true}"#)
            #expect(speaker.message == "speaker must be a text or a number.")
        }
    }

    /// No name leads out of the folder of models, in any spelling.
    @Test func namesWithPathSeparators() async throws {
        let names = [
            "../../etc/passwd", "..", ".", "/etc/passwd", "a/b", #"a\\b"#, "%2e%2e%2fa", #"espeak-fr\u0000"#,
            "espeak-fr/../espeak-fr", "./espeak-fr",
            #"\n"#,
        ]
        try await TestServer.onDisk().run { client in
            for name in names {
                let voice = try await client.post("/api/tts/synthesize", #"{"text":"a","voice":"\#(name)"}"#)
                #expect(
                    (voice.status, voice.code, voice.param) == (404, "voice_not_found", "voice"),
                    "\(name): \(voice.text)")
                #expect(voice.message?.contains("passwd") == false)
                for (path, body) in [
                    ("/api/embeddings/embed", #""text":"a""#), ("/api/embeddings/embed-batch", #""texts":["a"]"#),
                    ("/api/stt/transcribe", #""audio_data":"AAAAAA==""#),
                ] {
                    let model = try await client.post(path, #"{\#(body),"model":"\#(name)"}"#)
                    #expect(
                        (model.status, model.code, model.param) == (404, "model_not_found", "model"),
                        "\(name): \(model.text)")
                }
            }
        }
    }

    /// Paths without a body take no notice of one.
    @Test func bodiesWhereNoneBelong() async throws {
        try await TestServer().run { client in
            for path in ["/api/llm/models", "/api/tts/voices", "/api/embeddings/cache", "/health", "/ready"] {
                let answer = try await client.send("GET", path, body: .bytes(Array("{nonsense".utf8)))
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            #expect(try await client.send("DELETE", "/api/embeddings/cache", body: .bytes([0xFF])).status == 200)
        }
    }
}
