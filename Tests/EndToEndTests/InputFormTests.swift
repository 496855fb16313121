import BridgeTesting
import Foundation
import Testing

/// Real English in every form that a client may send it in, transcribed by whisper-base over HTTP.
@Suite(.serialized, .timeLimit(.minutes(5))) struct InputFormTests {
    private static let path = "/api/stt/transcribe"

    /// Eleven seconds of President Kennedy, and his 22 words.
    private static let speech = TestData.root.appending(path: "Tests/SpeechToTextTests/Fixtures/speech/jfk.flac")

    private static func words() throws -> [String] {
        let text = speech.deletingPathExtension().appendingPathExtension("txt")
        return WordErrors.words(try String(contentsOf: text, encoding: .utf8))
    }

    /// A form of the recording, and what ffmpeg makes it with.
    struct Form: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var options: [String]
    }

    private static let files = [
        Form(testDescription: "WAV", options: ["-f", "wav"]),
        Form(testDescription: "FLAC", options: ["-f", "flac"]),
        Form(testDescription: "MP3", options: ["-f", "mp3", "-b:a", "64k"]),
        Form(testDescription: "Vorbis in Ogg", options: ["-f", "ogg", "-c:a", "libvorbis", "-ac", "2"]),
        Form(testDescription: "Opus in Ogg", options: ["-f", "ogg", "-c:a", "libopus", "-b:a", "32k"]),
        Form(testDescription: "AAC in M4A", options: ["-f", "ipod", "-c:a", "aac", "-b:a", "64k"]),
        Form(testDescription: "Opus in WebM", options: ["-f", "webm", "-c:a", "libopus", "-b:a", "32k"]),
    ]

    /// - Parameter send: sends the request, and hands back its answer.
    private func expectWords(
        _ form: String, of send: (RunningServer) async throws -> (Int, Data), by server: RunningServer
    ) async throws {
        let (status, body) = try await send(server)
        #expect(status == 200, "\(form): \(String(decoding: body, as: UTF8.self))")
        let answer = try #require(JSONSerialization.jsonObject(with: body) as? [String: Any], "\(form)")
        let heard = WordErrors.words(answer["text"] as? String ?? "")
        let said = try Self.words()
        #expect(said.count == 22 && answer["model"] as? String == "whisper-base")
        #expect(WordErrors.count(heard, said) <= 2, "\(form): \(heard)")
        #expect(answer["language"] as? String == "en", "\(form)")
    }

    private func server() async throws -> RunningServer {
        try await RunningServer(environment: [
            "JARVIS_DATA_DIR": TestData.real.path, "JARVIS_SERVICES_ENABLED": "stt",
        ])
    }

    private func post(_ body: Data, type: String, query: String = "", to server: RunningServer) async throws -> (
        Int, Data
    ) {
        let (status, _, answer) = try await server.request(
            Self.path + query, method: "POST", headers: ["Content-Type": type], body: body)
        return (status, answer)
    }

    private func json(_ fields: [String: Any], to server: RunningServer) async throws -> (Int, Data) {
        try await post(
            try JSONSerialization.data(withJSONObject: fields), type: "application/json", to: server)
    }

    /// Each as the body itself, and as the file of a form, which says nothing of its type.
    @Test(arguments: files) func aFileIsUnderstood(_ form: Form) async throws {
        let name = form.testDescription
        let file = try await FFmpeg.convert(try Data(contentsOf: Self.speech), to: form.options)
        let server = try await server()
        try await expectWords(
            "\(name) as the body", of: { try await post(file, type: "application/octet-stream", to: $0) },
            by: server)
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"discours\"\r\n\r\n"
        let body = Data(head.utf8) + file + Data("\r\n--edge--\r\n".utf8)
        try await expectWords(
            "\(name) in a form", of: { try await post(body, type: "multipart/form-data; boundary=edge", to: $0) },
            by: server)
        #expect(try await server.stop() == 0)
    }

    @Test(arguments: [("pcm_s16le", "s16le", 16_000), ("pcm_f32le", "f32le", 16_000), ("pcm_s16le", "s16le", 44_100)])
    func samplesAreUnderstood(encoding: String, format: String, rate: Int) async throws {
        let samples = try await FFmpeg.convert(
            try Data(contentsOf: Self.speech), to: ["-f", format, "-ar", "\(rate)", "-ac", "1"])
        let server = try await server()
        try await expectWords(
            "raw \(encoding)",
            of: {
                try await post(
                    samples, type: "application/octet-stream", query: "?encoding=\(encoding)&sample_rate=\(rate)",
                    to: $0)
            }, by: server)
        try await expectWords(
            "base64 \(encoding)",
            of: {
                try await json(
                    ["audio_data": samples.base64EncodedString(), "encoding": encoding, "sample_rate": rate], to: $0)
            }, by: server)
        #expect(try await server.stop() == 0)
    }

    @Test func textThatHoldsAFileIsUnderstood() async throws {
        let file = try Data(contentsOf: Self.speech)
        let lines = file.base64EncodedString(
            options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        try #require(lines.contains("\r\n"))
        let texts = [
            "base64": file.base64EncodedString(), "base64 with line breaks": lines,
            "a data URL": "data:audio/flac;base64," + file.base64EncodedString(),
        ]
        let server = try await server()
        for (form, text) in texts {
            try await expectWords(
                form, of: { try await json(["audio_data": text, "encoding": "auto"], to: $0) }, by: server)
        }
        #expect(try await server.stop() == 0)
    }
}
