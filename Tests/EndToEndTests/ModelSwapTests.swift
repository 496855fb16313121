import BridgeTesting
import Foundation
import Testing

/// Default models changed while the server runs, with the models that come with the program.
@Suite(.timeLimit(.minutes(3))) struct ModelSwapTests {
    @Test func modelsOfTheProgramPassTheirTestsAndLastOverARestart() async throws {
        // A data folder of its own: the choice is kept there.
        let home = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            at: home.url.appending(path: "runtime"), withDestinationURL: TestData.folder.appending(path: "runtime"))
        let environment = ["JARVIS_DATA_DIR": home.url.path, "JARVIS_PRELOAD": "false", "JARVIS_READY_REQUIRE": "tts"]
        let server = try await RunningServer(environment: environment)
        let (status, _, body) = try await server.request(
            "/api/models/defaults", method: "PUT", headers: ["Content-Type": "application/json"],
            body: Data(#"{"stt":"whisper-nano","tts":"espeak-en"}"#.utf8))
        #expect(status == 200, "\(String(decoding: body, as: UTF8.self))")
        #expect(try await server.stop() == 0)
        let again = try await RunningServer(environment: environment)
        let speech = try await again.json("/api/tts/synthesize", #"{"text":"Hello."}"#)
        #expect(speech.object["voice"] as? String == "espeak-en")
    }
}
