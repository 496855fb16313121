import Foundation
import ModelStore
import Testing

/// Speech goes through the real Whisper pipeline in every form that the contract knows. The model has random weights (it is the parity
/// fixture), so what is compared is that all forms of the same audio give the same answer, and that silence gives none.
@Suite(.serialized) struct TranscriptionTests {
    /// A data directory with the fixture as whisper-base and what is installed for tests.
    private static func dataDirectory() throws -> URL {
        let files = FileManager.default
        let directory = files.temporaryDirectory.appending(path: "jarvis-e2e-data-\(UUID().uuidString)")
        let models = directory.appending(path: "models")
        try files.createDirectory(at: models, withIntermediateDirectories: true)
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "SpeechToTextTests/Fixtures/whisper-multilingual")
        try files.copyItem(at: fixture, to: models.appending(path: "whisper-base"))
        let installed = ModelStore.defaultDirectory(environment: ProcessInfo.processInfo.environment)
        try files.createSymbolicLink(at: models.appending(path: "silero-vad"), withDestinationURL: installed.appending(path: "silero-vad"))
        try files.createSymbolicLink(
            at: directory.appending(path: "runtime"), withDestinationURL: installed.deletingLastPathComponent().appending(path: "runtime"))
        return directory
    }

    private struct Answer: Equatable {
        var status: Int
        var text: String?
        var segments: Int?

        init(_ status: Int, _ body: Data) throws {
            let object = try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:]
            (self.status, text) = (status, object["text"] as? String)
            segments = (object["segments"] as? [Any])?.count
        }
    }

    @Test func everyFormOfTheSameAudioGivesTheSameAnswer() async throws {
        let directory = try Self.dataDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let said = try await Program.run(["say", "Allume la lumière du salon.", "--voice", "espeak-fr", "--format", "wav", "-o", "-"])
        try #require(said.status == 0, "\(said.errors)")
        let wav = said.output
        let server = try await RunningServer(environment: ["JARVIS_DATA_DIR": directory.path, "JARVIS_MODELS_EMBEDDINGS": "all-MiniLM-L6-v2"])

        let (rawStatus, _, rawBody) = try await server.request(
            "/api/stt/transcribe?language=fr", method: "POST", headers: ["Content-Type": "audio/wav"], body: wav)
        let raw = try Answer(rawStatus, rawBody)
        #expect(raw.status == 200)
        #expect((raw.segments ?? 0) > 0)

        let json = #"{"audio_data":"\#(wav.base64EncodedString())","encoding":"wav","language":"fr"}"#
        let (jsonStatus, _, jsonBody) = try await server.request(
            "/api/stt/transcribe", method: "POST", headers: ["Content-Type": "application/json"], body: Data(json.utf8))
        #expect(try Answer(jsonStatus, jsonBody) == raw)

        var form = Data("--edge\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nfr\r\n".utf8)
        form += Data("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n".utf8)
        form += wav + Data("\r\n--edge--\r\n".utf8)
        let (formStatus, _, formBody) = try await server.request(
            "/api/stt/transcribe", method: "POST", headers: ["Content-Type": "multipart/form-data; boundary=edge"], body: form)
        #expect(try Answer(formStatus, formBody) == raw)

        let samples = Data(count: 4 * 16_000 * 3)
        let silence = #"{"audio_data":"\#(samples.base64EncodedString())","language":"fr"}"#
        let (quietStatus, _, quietBody) = try await server.request(
            "/api/stt/transcribe", method: "POST", headers: ["Content-Type": "application/json"], body: Data(silence.utf8))
        let quiet = try Answer(quietStatus, quietBody)
        #expect((quiet.status, quiet.text, quiet.segments) == (200, "", 0))
        #expect(await server.stop() == 0)
    }
}
