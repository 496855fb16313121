import BridgeSupport
import BridgeTesting
import Foundation
import Testing
import TextToSpeech

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct SynthesisRouteTests {
    @Test func everyFieldOfASynthesisCounts() async throws {
        let server = try TestServer(["tts.volume": "0.5", "tts.sentence_silence": "0.25"])
        try await server.run { client in
            let full =
                #"{"text":"Bonjour.","voice":"fake-voice","speed":1.5,"speaker":3,"normalize":false,"normalize_audio":false,"format":"flac","volume":2,"sentence_silence":0}"#
            let answer = try await client.post("/api/tts/synthesize", full)
            #expect(answer.json?["format"]?.stringValue == "flac", "\(answer.text)")
            _ = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour."}"#)
            _ = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour.","speaker":"3"}"#)
        }
        let calls = server.voice.calls
        try #require(calls.count == 3)
        #expect(calls[0].voice == "fake-voice" && calls[0].speed == 1.5 && calls[0].speaker == .number(3))
        #expect(calls[2].speaker == .name("3"))
        #expect(calls[0].volume == 2 && calls[0].sentenceSilence == 0)
        #expect(calls[1].volume == 0.5 && calls[1].sentenceSilence == 0.25)
        #expect(!calls[0].normalize && calls[1].normalize && !calls[0].putsIntoWords && calls[1].putsIntoWords)
        #expect(calls[1].voice == nil && calls[1].speed == 1 && calls[1].speaker == nil)
    }

    @Test func speechIsJSONOrBytes() async throws {
        try await TestServer().run { client in
            let json = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour.","voice":"fake-voice"}"#)
            #expect(json.status == 200)
            #expect(json.json?["voice"]?.stringValue == "fake-voice")
            #expect(json.json?["sample_rate"]?.numberValue == 22050)
            #expect(json.json?["format"]?.stringValue == "pcm_f32le")
            let audio = json.json?["audio_data"]?.stringValue.flatMap { Data(base64Encoded: $0) }
            #expect((audio?.count ?? 0) % 4 == 0 && (audio?.count ?? 0) > 0)
            let wav = try await client.post(
                "/api/tts/synthesize", #"{"text":"Bonjour."}"#, headers: ["Accept": "audio/wav"])
            #expect(wav["Content-Type"] == "audio/wav")
            #expect(wav["X-Voice"] == "fake-voice")
            #expect(wav.body.prefix(4) == ArraySlice("RIFF".utf8))
        }
    }

    /// More than one piece of a body, and no whole number of base64's groups of three.
    @Test func longSpeechIsTheSameInAllForms() async throws {
        try await TestServer().run { client in
            let body = #"{"text":"\#(String(repeating: "a", count: 100))b."}"#
            let json = try await client.post("/api/tts/synthesize", body)
            let raw = try await client.post(
                "/api/tts/synthesize", body, headers: ["Accept": "application/octet-stream"])
            #expect(raw.status == 200 && raw["Content-Type"] == "application/octet-stream")
            #expect(raw.body.count == 101 * 22050 / 100 * 4 && raw.body.count % 3 != 0)
            #expect(raw["Content-Length"] == "\(raw.body.count)" && json["Content-Length"] == "\(json.body.count)")
            #expect(json.json?["audio_data"]?.stringValue == Data(raw.body).base64EncodedString())
            #expect(json.json?["duration_ms"]?.numberValue == 1010)
        }
    }

    @Test func opusPlaysAtItsOwnRate() async throws {
        try await TestServer().run { client in
            let body = #"{"text":"Bonjour.","format":"opus"}"#
            let json = try await client.post("/api/tts/synthesize", body)
            #expect(json.json?["sample_rate"]?.numberValue == 48000)
            let raw = try await client.post("/api/tts/synthesize", body, headers: ["Accept": "audio/ogg"])
            #expect(raw["X-Sample-Rate"] == "48000" && raw.body.starts(with: Array("OggS".utf8)))
        }
    }

    @Test func espeakSpeaksWithoutAnyModel() async throws {
        try await TestServer.onDisk().run { client in
            let answer = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour.","format":"wav"}"#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["voice"]?.stringValue == "espeak-fr")
            let voices = try await client.get("/api/tts/voices").json
            #expect(voices?["default"]?.stringValue == "espeak-fr")
            for voice in ["fr_FR-upmc-medium", "fr_FR-siwis-medium", "fr_FR-tom-medium", "espeak-fr", "espeak-en"] {
                #expect(voices?["voices"]?[voice]?.stringValue != nil)
            }
            #expect(voices?["installed"]?.arrayValue?.compactMap(\.stringValue) == ["espeak-en", "espeak-fr"])
        }
    }

    @Test func aLanguageIsSpokenByItsBestVoice() async throws {
        try await TestServer.onDisk().run { client in
            for (language, voice) in [
                ("en", "espeak-en"), ("anglais", "espeak-en"), ("en-US", "espeak-en"), ("French", "espeak-fr"),
            ] {
                let answer = try await client.post(
                    "/api/tts/synthesize", #"{"text":"a.","language":"\#(language)","format":"wav"}"#)
                #expect(answer.json?["voice"]?.stringValue == voice, "\(language): \(answer.text.prefix(300))")
            }
            let absent = try await client.post("/api/tts/synthesize", #"{"text":"a.","language":"allemand"}"#)
            #expect((absent.status, absent.code, absent.param) == (404, "voice_not_found", "language"))
            #expect(
                absent.message?.contains("No installed voice speaks de; those here speak fr, en.") == true,
                "\(absent.text)")
            let both = try await client.post(
                "/api/tts/synthesize", #"{"text":"a.","voice":"espeak-fr","language":"en"}"#)
            #expect((both.status, both.code, both.param) == (400, "invalid_request", "language"))
            let agreed = try await client.post(
                "/api/tts/synthesize", #"{"text":"a.","voice":"espeak-en","language":"en"}"#)
            #expect(agreed.json?["voice"]?.stringValue == "espeak-en")
        }
    }
}
