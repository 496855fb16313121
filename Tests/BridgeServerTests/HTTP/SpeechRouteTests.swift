import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import NIOCore
import SpeechToText
import Testing
import TextToSpeech

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct SpeechRouteTests {
    /// A second of a tone as float32.
    static let tone: [UInt8] = (0..<16000).flatMap { index in
        withUnsafeBytes(of: Float(sin(Double(index) / 10) / 2).bitPattern.littleEndian) { Array($0) }
    }

    static func form(_ parts: [(String, [UInt8])], boundary: String = "b0undary") -> [UInt8] {
        var body: [UInt8] = []
        for (name, bytes) in parts {
            let file = name == "file" ? #"; filename="a.raw""# : ""
            body +=
                Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n".utf8) + bytes
                + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }

    @Test func speechComesInThreeWays() async throws {
        try await TestServer().run { client in
            let base64 = Data(Self.tone).base64EncodedString()
            let answers = [
                try await client.post("/api/stt/transcribe", #"{"audio_data":"\#(base64)","language":"fr"}"#),
                try await client.post(
                    "/api/stt/transcribe",
                    bytes: Self.form([
                        ("encoding", Array("pcm_f32le".utf8)), ("language", Array("fr".utf8)), ("file", Self.tone),
                    ]),
                    headers: ["Content-Type": "multipart/form-data; boundary=b0undary"]),
                try await client.post(
                    "/api/stt/transcribe?encoding=pcm_f32le&language=fr", bytes: Self.tone,
                    headers: ["Content-Type": "audio/pcm"]),
            ]
            for answer in answers {
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json?["text"]?.stringValue == "bonjour")
                #expect(answer.json?["language"]?.stringValue == "fr")
                #expect(answer.json?["confidence"]?.numberValue == 0.9)
                #expect(answer.json?["audio_duration_ms"]?.numberValue == 1000)
                #expect(answer.json?["model"]?.stringValue == "fake-whisper")
                #expect(answer.json?["duration_ms"]?.numberValue != nil)
                #expect(answer.json?["segments"]?.arrayValue?.first?["end"]?.numberValue == 1)
            }
        }
    }

    @Test func aTextIsPutIntoWordsWithoutAVoice() async throws {
        try await TestServer().run { client in
            let french = try await client.post("/api/tts/normalize", #"{"text":"À 18h30."}"#)
            #expect(french.status == 200 && french.json?["text"]?.stringValue == "À dix-huit heures trente.")
            let spans = french.json?["spans"]?.arrayValue ?? []
            #expect(spans.count == 3 && spans[1]["from"]?.arrayValue?.map(\.numberValue) == [2, 7])
            #expect(spans[1]["to"]?.arrayValue?.map(\.numberValue) == [2, 24])
            let english = try await client.post("/api/tts/normalize", #"{"text":"$5, 72","language":"en"}"#)
            #expect(english.json?["text"]?.stringValue == "five dollars, seventy-two")
            let slip = try await client.post("/api/tts/normalize", #"{"text":"72","language":"français"}"#)
            #expect((slip.status, slip.param) == (400, "language"))
            let belgian = try await client.post("/api/tts/normalize", #"{"text":"72","language":"fr-BE"}"#)
            #expect(belgian.json?["text"]?.stringValue == "septante-deux")
            for body in [#"{}"#, #"{"text":""}"#, #"{"text":5}"#, #"{"text":"a","language":5}"#] {
                #expect(try await client.post("/api/tts/normalize", body).status == 400, "\(body)")
            }
            let explained = try await client.post(
                "/api/tts/synthesize", #"{"text":"Bonjour.","voice":"fake-voice","explain":true}"#)
            #expect(explained.json?["spoken"]?.stringValue == "Bonjour.")
        }
    }

    @Test func everyFieldOfATranscriptionCounts() async throws {
        let fields = [
            ("encoding", "pcm_f32le"), ("language", "en"), ("languages", "en,fr"), ("model", "fake-whisper"),
            ("prompt", "Jarvis"),
            ("sample_rate", "8000"), ("task", "translate"), ("temperature", "0.25"), ("vad", "false"),
            ("word_timestamps", "true"), ("beam_size", "3"), ("text_format", "written"),
        ]
        let bare: Set = ["sample_rate", "temperature", "vad", "word_timestamps", "beam_size"]
        let json = fields.map { bare.contains($0) ? #""\#($0)":\#($1)"# : #""\#($0)":"\#($1)""# }
        let server = try TestServer()
        try await server.run { client in
            let base64 = Data(Self.tone).base64EncodedString()
            let answers = [
                try await client.post(
                    "/api/stt/transcribe", #"{"audio_data":"\#(base64)",\#(json.joined(separator: ","))}"#),
                try await client.post(
                    "/api/stt/transcribe",
                    bytes: Self.form(fields.map { ($0, Array($1.utf8)) } + [("file", Self.tone)]),
                    headers: ["Content-Type": "multipart/form-data; boundary=b0undary"]),
                try await client.post(
                    "/api/stt/transcribe?\(fields.map { "\($0)=\($1)" }.joined(separator: "&"))", bytes: Self.tone,
                    headers: ["Content-Type": "audio/pcm"]),
            ]
            #expect(answers.map(\.status) == [200, 200, 200])
            // Twice as long at half the rate.
            #expect(answers.allSatisfy { $0.json?["audio_duration_ms"]?.numberValue == 2000 })
        }
        #expect(server.speech.calls.count == 3)
        for call in server.speech.calls {
            #expect(call.language == "en" && call.model == "fake-whisper" && call.prompt == "Jarvis")
            #expect(call.task == .translate && call.temperature == 0.25 && !call.vad && call.wordTimestamps)
            #expect(call.beamSize == 3 && call.languages == ["en", "fr"] && call.textFormat == .written)
        }
        try await server.run { client in
            _ = try await client.post(
                "/api/stt/transcribe", #"{"audio_data":"\#(Data(Self.tone).base64EncodedString())","language":"auto"}"#)
        }
        let plain = try #require(server.speech.calls.last)
        #expect(plain.language == nil && plain.model == nil && plain.prompt == nil && plain.temperature == nil)
        #expect(plain.task == .transcribe && plain.vad && !plain.wordTimestamps && plain.beamSize == 1)
        #expect(plain.textFormat == .spoken)
    }

    @Test func aTranscriptIsWrittenWhereARequestAsksForIt() async throws {
        let server = try TestServer(words: "À dix-huit heures trente, vingt et un degrés.")
        try await server.run { client in
            let start = #"{"audio_data":"\#(Data(Self.tone).base64EncodedString())","word_timestamps":true"#
            for (field, text, words) in [
                ("", "À dix-huit heures trente, vingt et un degrés.", 8),
                (#","text_format":null"#, "À dix-huit heures trente, vingt et un degrés.", 8),
                (#","text_format":"written""#, "À 18\u{A0}h\u{A0}30, 21\u{A0}°C.", 3),
            ] {
                let answer = try await client.post("/api/stt/transcribe", start + field + "}")
                #expect(answer.status == 200 && answer.json?["text"]?.stringValue == text)
                let segment = answer.json?["segments"]?.arrayValue?.first
                #expect(segment?["text"]?.stringValue == text && segment?["words"]?.arrayValue?.count == words)
            }
            let refused = try await client.post("/api/stt/transcribe", start + #","text_format":"digits"}"#)
            #expect(refused.status == 400 && refused.text.contains("text_format"))
        }
    }

    @Test(arguments: [
        ("", ["fr", "en"]), (#","languages":["en"]"#, ["en"]), (#","languages":"french, en-GB""#, ["fr", "en"]),
        (#","languages":"all""#, nil), (#","languages":["de","all"]"#, nil), (#","languages":["de","en"]"#, ["en"]),
    ])
    func languagesAreThoseOfTheConfigurationUnlessNamed(field: String, candidates: [String]?) async throws {
        let server = try TestServer()
        try await server.run { client in
            let base64 = Data(Self.tone).base64EncodedString()
            let answer = try await client.post("/api/stt/transcribe", #"{"audio_data":"\#(base64)"\#(field)}"#)
            #expect(answer.status == 200 && answer.json?["language_probability"]?.numberValue == 0.75)
        }
        #expect(server.speech.calls.last?.languages == candidates)
    }

    @Test func languagesThatTheModelDoesNotKnowAreRefused() async throws {
        try await TestServer().run { client in
            let base64 = Data(Self.tone).base64EncodedString()
            let answer = try await client.post(
                "/api/stt/transcribe", #"{"audio_data":"\#(base64)","languages":["de","it"]}"#)
            #expect(answer.status == 400 && answer.json?["error"]?["param"]?.stringValue == "languages")
            #expect(answer.text.contains("It knows: fr, en."))
        }
    }

    @Test func beamsAreThoseOfTheConfigurationUnlessNamed() async throws {
        let server = try TestServer(["stt.beam": "5"])
        try await server.run { client in
            let query = "/api/stt/transcribe?encoding=pcm_f32le"
            for more in ["", "&beam_size=2"] {
                let answer = try await client.post(
                    query + more, bytes: Self.tone, headers: ["Content-Type": "audio/pcm"])
                #expect(answer.status == 200)
            }
        }
        #expect(server.speech.calls.map(\.beamSize) == [5, 2])
    }

    /// It is looked at before it would wait for its turn.
    @Test func audioThatCannotBeOpenedNeedNotWait() async throws {
        let gate = Gate()
        let server = try TestServer(["admission.embeddings": "1"], gate: gate)
        try await server.run { client in
            let post = { @Sendable (bytes: [UInt8], encoding: String) in
                try await client.post(
                    "/api/stt/transcribe?encoding=\(encoding)", bytes: bytes, headers: ["Content-Type": "audio/wav"]
                ).status
            }
            async let running = post(Self.tone, "pcm_f32le")
            try await gate.arrivals(atLeast: 1)
            #expect(try await post(Array("no audio at all".utf8), "auto") == 422)
            gate.open()
            #expect(try await running == 200)
        }
    }

    @Test(arguments: ["audio/anything", "video/mp4", "application/ogg", "application/mp4", "application/octet-stream"])
    func typesOfAudioFiles(_ type: String) async throws {
        try await TestServer().run { client in
            let answer = try await client.post(
                "/api/stt/transcribe?encoding=pcm_f32le", bytes: Self.tone, headers: ["Content-Type": type])
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("audio/L16;rate=16000", 1.0), ("audio/l16; channels=2; rate=\"8000\"", 1), ("audio/L8;rate=16000", 2),
        ("audio/L24;rate=16000;channels=1", 0.666),
    ])
    func rawSamplesByTheirType(_ type: String, seconds: Double) async throws {
        try await TestServer().run { client in
            let bytes = [UInt8](repeating: 1, count: 32_000)
            let answer = try await client.post("/api/stt/transcribe", bytes: bytes, headers: ["Content-Type": type])
            #expect(answer.status == 200, "\(answer.text)")
            #expect(abs((answer.json?["audio_duration_ms"]?.numberValue ?? 0) - seconds * 1000) < 2, "\(answer.text)")
            let empty = try await client.post("/api/stt/transcribe", bytes: [], headers: ["Content-Type": type])
            #expect(empty.status == 400)
        }
    }

    @Test(arguments: ["audio/L16", "audio/L16;rate=0", "audio/L16;rate=x", "audio/L16;rate=16000;channels=65"])
    func rawSamplesWhoseTypeSaysTooLittle(_ type: String) async throws {
        try await TestServer().run { client in
            let answer = try await client.post("/api/stt/transcribe", bytes: Self.tone, headers: ["Content-Type": type])
            #expect(answer.status == 400)
            #expect(answer.text.contains("rate") || answer.text.contains("channels"), "\(answer.text)")
            // A request that names the encoding needs no type that says it.
            let named = try await client.post(
                "/api/stt/transcribe?encoding=pcm_f32le", bytes: Self.tone, headers: ["Content-Type": type])
            #expect(named.status == 200)
        }
    }

    @Test func silenceGivesNoWords() async throws {
        try await TestServer().run { client in
            let answer = try await client.post(
                "/api/stt/transcribe", #"{"audio_data":"\#(Data(count: 64000).base64EncodedString())"}"#)
            #expect(answer.status == 200)
            #expect(answer.json?["text"]?.stringValue == "")
            #expect(answer.json?["language"]?.stringValue == "und")
            #expect(answer.json?["segments"]?.arrayValue?.isEmpty == true)
        }
    }

    @Test func partsThatNobodyKnowsAreIgnored() async throws {
        try await TestServer().run { client in
            let answer = try await client.post(
                "/api/stt/transcribe",
                bytes: Self.form([
                    ("thumbnail", [0xFF, 0xFE]), ("encoding", Array("pcm_s16le".utf8)), ("file", Self.tone),
                ]),
                headers: ["Content-Type": "multipart/form-data; boundary=b0undary"])
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test func packedBodiesAreRefused() async throws {
        try await TestServer().run { client in
            let packed = try await client.post("/api/stt/transcribe", "{}", headers: ["Content-Encoding": "gzip"])
            #expect((packed.status, packed.code) == (415, "unsupported_media_type"), "\(packed.text)")
            let plain = try await client.post(
                "/api/tts/synthesize", #"{"text":"Oui."}"#, headers: ["Content-Encoding": "identity"])
            #expect(plain.status == 200, "\(plain.text)")
        }
    }

    /// A request for a transcription without sound that could be understood.
    struct BadAudio: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var type = "multipart/form-data; boundary=b0undary"
        var bytes: [UInt8]
        var query = ""
        var status = 400
        var code = "invalid_request"
    }

    static let badAudio = [
        BadAudio(
            testDescription: "noise", type: "audio/wav",
            bytes: Array("this is no audio at all, whatever its type says".utf8), status: 422, code: "undecodable_audio"
        ),
        BadAudio(testDescription: "nothing", type: "audio/wav", bytes: []),
        BadAudio(testDescription: "a form without a file", bytes: form([("language", [0x66])])),
        BadAudio(testDescription: "a form that breaks off", bytes: Array("--b0undary\r\nContent".utf8)),
        BadAudio(testDescription: "a form without a boundary", type: "multipart/form-data", bytes: [1]),
        BadAudio(testDescription: "a field that is no text", bytes: form([("prompt", [0xFF]), ("file", tone)])),
        BadAudio(
            testDescription: "a rate that is no number", type: "audio/pcm", bytes: tone, query: "?sample_rate=fast"),
    ]

    @Test(.sharedServer, .serialized, arguments: badAudio) func badAudioIsExplained(_ bad: BadAudio) async throws {
        let (_, client) = try #require(SharedServer.current)
        let answer = try await client.post(
            "/api/stt/transcribe\(bad.query)", bytes: bad.bytes, headers: ["Content-Type": bad.type])
        #expect((answer.status, answer.code) == (bad.status, bad.code), "\(answer.text)")
    }

    @Test func aFormIsReadWithoutCopies() throws {
        let body = Handover(Self.form([("task", Array("translate".utf8)), ("file", Self.tone)]))
        let whole = body.look { $0.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } }
        let form = try FormUpload(
            body.take(), contentType: "multipart/form-data; boundary=\"b0undary\"", fields: ["task"])
        #expect(form.bytes == Self.tone)
        #expect(try form.fields.text("task") == "translate")
        #expect(form.bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == whole)
    }

    @Test func aFormOfManyPartsIsRefused() async throws {
        let crowd = Self.form([(String, [UInt8])](repeating: ("a", []), count: 100) + [("file", Self.tone)])
        let header = Array("--b0undary\r\nX-Padding: ".utf8) + [UInt8](repeating: 0x61, count: 20_000)
        try await TestServer().run { client in
            for body in [crowd, header + Array("\r\n\r\na\r\n--b0undary--\r\n".utf8)] {
                let answer = try await client.post(
                    "/api/stt/transcribe", bytes: body,
                    headers: ["Content-Type": "multipart/form-data; boundary=b0undary"])
                #expect((answer.status, answer.code, answer.param) == (400, "invalid_request", "body"))
                #expect(answer.message?.contains("64 parts") == true)
            }
        }
    }

    @Test func aHeaderOfAWAVThatLiesIsNoCrash() async throws {
        try await TestServer().run { client in
            var header =
                Array("RIFF".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0]
            header +=
                [0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [
                    0xF0, 0xFF, 0xFF, 0x7F, 1, 0, 2, 0,
                ]
            let answer = try await client.post(
                "/api/stt/transcribe", bytes: header, headers: ["Content-Type": "audio/wav"])
            #expect(answer.status == 200 || answer.code == "undecodable_audio", "\(answer.text)")
            // Neither the size of a block nor the bits of a sample: each would follow from the other.
            (header[32], header[34]) = (0, 0)
            let damaged = try await client.post(
                "/api/stt/transcribe", bytes: header, headers: ["Content-Type": "audio/wav"])
            #expect(damaged.status == 422, "\(damaged.text)")
        }
    }

    /// PHP writes a backslash before each slash; the parser alone can tell what such a text says.
    @Test func audioWithEscapesIsTheSameAudio() async throws {
        try await TestServer().run { client in
            let plain = Data(Self.tone).base64EncodedString()
            for text in [plain, plain.replacing("/", with: #"\/"#), plain.replacing("A", with: #"\u0041"#)] {
                let answer = try await client.post("/api/stt/transcribe", #"{"language":"fr","audio_data":"\#(text)"}"#)
                #expect(answer.status == 200 && answer.json?["text"] == "bonjour", "\(answer.text)")
            }
            let wrong = try await client.post("/api/stt/transcribe", #"{"audio_data":"\#(plain)","vad":"x"}"#)
            #expect((wrong.status, wrong.param) == (400, "vad"))
        }
    }

    @Test func whatIsMissingIsSaidWithHowToGetIt() async throws {
        try await TestServer.onDisk().run { client in
            let unknown = try await client.post("/api/tts/synthesize", #"{"text":"a","voice":"../../etc/passwd"}"#)
            #expect((unknown.status, unknown.code) == (404, "voice_not_found"))
            let absent = try await client.post("/api/tts/synthesize", #"{"text":"a","voice":"fr_FR-siwis-medium"}"#)
            #expect((absent.status, absent.code) == (404, "voice_not_found"))
            #expect(absent.message?.contains("jarvis-bridges models pull fr_FR-siwis-medium") == true)
            let model = try await client.post("/api/embeddings/embed", #"{"text":"a","model":"all-MiniLM-L6-v2"}"#)
            #expect((model.status, model.code) == (404, "model_not_found"))
            let none = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            #expect((none.status, none.code) == (503, "model_not_installed"))
        }
    }
}
