import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import Testing

@testable import BridgeServer

/// Bytes that are not audio, in each of the three forms in which speech comes in.
@Suite(.timeLimit(.minutes(5))) struct BadInputAudioTests {
    /// How the audio is sent, and the name under which errors speak of it.
    enum Form: String, CaseIterable, Sendable {
        case json = "audio_data"
        case multipart = "file"
        case raw = "body"

        func send(_ audio: [UInt8], encoding: String, to client: TestClient) async throws -> TestClient.Answer {
            switch self {
            case .json:
                let base64 = Data(audio).base64EncodedString()
                return try await client.post(
                    "/api/stt/transcribe", #"{"audio_data":"\#(base64)","encoding":"\#(encoding)"}"#)
            case .multipart:
                let form = SpeechRouteTests.form([("encoding", Array(encoding.utf8)), ("file", audio)])
                return try await client.post(
                    "/api/stt/transcribe", bytes: form,
                    headers: ["Content-Type": "multipart/form-data; boundary=b0undary"])
            case .raw:
                return try await client.post(
                    "/api/stt/transcribe?encoding=\(encoding)", bytes: audio,
                    headers: ["Content-Type": "application/octet-stream"])
            }
        }
    }

    static func bytes(_ samples: [Float]) -> [UInt8] {
        samples.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    }

    private func expect(
        _ audio: [UInt8], as encoding: String, in form: Form, _ client: TestClient, says words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await form.send(audio, encoding: encoding, to: client)
        #expect(
            (answer.status, answer.code, answer.param) == (400, "invalid_request", form.rawValue),
            "\(words): \(answer.text)",
            sourceLocation: sourceLocation)
        let message = answer.message ?? ""
        #expect(
            message.hasPrefix(form.rawValue) && message.contains(words), "\(message)", sourceLocation: sourceLocation)
    }

    /// Silence takes no transcribing: the server is well, and so is the form.
    private func expectWell(_ client: TestClient, _ form: Form, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let answer = try await form.send(Self.bytes([0, 0]), encoding: "pcm_f32le", to: client)
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
    }

    @Test(arguments: Form.allCases) func samplesThatAreNoNumbers(_ form: Form) async throws {
        try await TestServer().run { client in
            for bad in [Float.nan, -.nan, .infinity, -.infinity, .signalingNaN] {
                try await expect(
                    Self.bytes([bad]), as: "pcm_f32le", in: form, client, says: "not numbers (NaN or infinity)")
                // Behind a good minute.
                let late = [Float](repeating: 0.1, count: 960_000) + [bad]
                try await expect(
                    Self.bytes(late), as: "pcm_f32le", in: form, client, says: "not numbers (NaN or infinity)")
            }
            try await expectWell(client, form)
        }
    }

    @Test(arguments: Form.allCases) func samplesOutOfRange(_ form: Form) async throws {
        try await TestServer().run { client in
            for bad in [Float(-1e10), 3e38] {
                let samples = [Float](repeating: 0.1, count: 100_000) + [bad]
                try await expect(Self.bytes(samples), as: "pcm_f32le", in: form, client, says: "should lie in [-1, 1]")
            }
            // Hot, or never divided: the level is brought down.
            for hot in [Float(-1000), 32767] {
                let answer = try await form.send(
                    Self.bytes([Float](repeating: hot, count: 16_000)), encoding: "pcm_f32le", to: client)
                #expect(answer.status == 200, "\(answer.text)")
            }
            try await expectWell(client, form)
        }
    }

    @Test(arguments: Form.allCases) func partsOfSamples(_ form: Form) async throws {
        try await TestServer().run { client in
            for (encoding, size, counts) in [("pcm_f32le", 4, [1, 2, 3, 5, 4001]), ("pcm_s16le", 2, [1, 32001])] {
                for count in counts {
                    let words = "has \(count) bytes, which is no whole number of samples of \(size) bytes"
                    try await expect([UInt8](repeating: 0, count: count), as: encoding, in: form, client, says: words)
                }
            }
            try await expectWell(client, form)
        }
    }

    @Test(arguments: Form.allCases) func noAudioAtAll(_ form: Form) async throws {
        try await TestServer().run { client in
            for encoding in ["pcm_f32le", "pcm_s16le", "wav", "auto"] {
                let answer = try await form.send([], encoding: encoding, to: client)
                #expect(
                    (answer.status, answer.code, answer.param) == (400, "invalid_request", form.rawValue),
                    "\(answer.text)")
                #expect(answer.message?.contains("no audio") == true, "\(answer.text)")
            }
            try await expect(Self.wav([]), as: "wav", in: form, client, says: "no audio")
            try await expectWell(client, form)
        }
    }

    @Test func whatIsNotBase64() async throws {
        try await TestServer().run { client in
            let bad = [
                "%%%%", "A", "AAAAA", "AAA=AAAA", "AA==AA==", "=", "é", #"AAAA\u0000AAA"#, "AAAA.AAA",
                #"A\nA\nA\nA\nA"#,
                "data:audio/wav;base64,%%%%", "data:audio/wav;base64", "data:audio/wav,AAAA", "data:,AAAA", "data:",
                // Padding in the middle, and padding that pads nothing.
                "====", "AAAA====", "AA=A", "AAAAAA=", "AAAAAAA==", "AAAAAAAA==", "AAAAAAAA====",
            ]
            for text in bad {
                let answer = try await client.post("/api/stt/transcribe", #"{"audio_data":"\#(text)"}"#)
                #expect(
                    (answer.status, answer.code, answer.param) == (400, "invalid_request", "audio_data"),
                    "\(text): \(answer.text)")
                #expect(answer.message?.contains("base64") == true, "\(text): \(answer.text)")
            }
            // The padding may be left out; there may be line breaks, the alphabet for URLs, and a data: URL around it.
            for text in [
                "AAAAAA", #"AAAA\r\nAAAA\n AAAA\tAAAA\n"#, " AA AAAA = = ",
                "data:;base64,\(Data(Self.wav([0, 1, 0, 1])).base64EncodedString())",
                "Data:Audio/WAV; codecs=1 ;BASE64,\(Data(Self.wav([0, 1, 0, 1])).base64EncodedString())",
            ] {
                let answer = try await client.post("/api/stt/transcribe", #"{"audio_data":"\#(text)"}"#)
                #expect(answer.status == 200, "\(text): \(answer.text)")
            }
        }
    }

    // MARK: WAV

    /// A mono file of 16 bits whose header says what is asked of it.
    static func wav(
        _ samples: [Int16], dataSize: UInt32? = nil, riffSize: UInt32? = nil, rate: UInt32 = 16_000,
        channels: UInt16 = 1,
        bits: UInt16 = 16, tag: UInt16 = 1
    ) -> [UInt8] {
        func little<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        let data = samples.flatMap(little)
        let frame = channels &* (bits / 8)
        let format =
            little(tag) + little(channels) + little(rate) + little(rate &* UInt32(frame)) + little(frame) + little(bits)
        return Array("RIFF".utf8) + little(riffSize ?? UInt32(36 + data.count)) + Array("WAVEfmt ".utf8)
            + little(UInt32(16))
            + format + Array("data".utf8) + little(dataSize ?? UInt32(data.count)) + data
    }

    /// A tenth of a second.
    private static let tone = (0..<1600).map { Int16(($0 * 37) % 2000 - 1000) }

    /// Sizes that lie, or that nobody filled in: what is there is heard, and no more.
    @Test(arguments: Form.allCases) func sizesOfAWAVThatLie(_ form: Form) async throws {
        try await TestServer().run { client in
            let lies = [
                Self.wav(Self.tone, dataSize: 0xFFFF_FFFF, riffSize: 0xFFFF_FFFF),
                Self.wav(Self.tone, dataSize: 0x7FFF_FFF0),
                Self.wav(Self.tone, dataSize: 4200), Self.wav(Self.tone, dataSize: 0, riffSize: 0),
                Self.wav(Self.tone, riffSize: 4),
                Self.wav(Self.tone) + [7],
            ]
            for file in lies {
                let answer = try await form.send(file, encoding: "wav", to: client)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json?["audio_duration_ms"]?.numberValue == 100, "\(answer.text)")
            }
            let less = try await form.send(Self.wav(Self.tone, dataSize: 320), encoding: "wav", to: client)
            #expect(less.json?["audio_duration_ms"]?.numberValue == 100, "\(less.text)")
        }
    }

    @Test(arguments: Form.allCases) func headersOfAWAVThatCannotBe(_ form: Form) async throws {
        try await TestServer().run { client in
            let whole = Self.wav(Self.tone)
            let damaged: [([UInt8], String)] = [
                (Self.wav(Self.tone, rate: 0), "0 samples a second"),
                (Self.wav(Self.tone, rate: .max), "samples a second"),
                (Self.wav(Self.tone, channels: 0), "0 channels"),
                (Self.wav(Self.tone, channels: .max), "65535 channels"),
                (Self.wav(Self.tone, bits: 0), "0 bits"), (Self.wav(Self.tone, bits: 64), "64 bits"),
                (Self.wav(Self.tone, tag: 0xFFFE), "extensible"), (Array(whole.prefix(4)), "RIFF/WAVE"),
                (Array(whole.prefix(12)), "fmt chunk"), (Array(whole.prefix(30)), "fmt chunk"),
                (Array(whole.prefix(36)), "data chunk"), (Array(whole.prefix(43)), "data chunk"),
            ]
            for (file, words) in damaged {
                let answer = try await form.send(file, encoding: "wav", to: client)
                #expect(
                    (answer.status, answer.code, answer.param) == (422, "undecodable_audio", form.rawValue),
                    "\(words): \(answer.text)")
                #expect(
                    answer.message?.contains(words) == true && answer.message?.hasSuffix(".") == true,
                    "\(words): \(answer.text)")
            }
            try await expectWell(client, form)
        }
    }
}
