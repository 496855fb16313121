import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import Testing

@testable import BridgeServer

/// Bad requests change nothing in how the server says that it is.
@Suite(.timeLimit(.minutes(5))) struct BadInputHealthTests {
    @Test func unknownNamesMakeNoBridgeUnavailable() async throws {
        // Nothing is loaded before the first good request.
        let clock = ManualClock()
        try await TestServer(clock: clock).run { client in
            let before = try await client.get("/health").json
            #expect(try await client.get("/ready").status == 200)
            for (path, body) in [
                ("/api/embeddings/embed", #"{"text":"a","model":"nobody"}"#),
                ("/api/tts/synthesize", #"{"text":"a.","voice":"../nobody"}"#),
                ("/api/stt/transcribe", #"{"audio_data":"AAAAAA==","model":"nobody"}"#),
            ] {
                #expect(try await client.post(path, body).status == 404)
            }
            // An answer of /health is kept for a tenth of a second.
            clock.advance(by: .milliseconds(100))
            let after = try await client.get("/health").json
            #expect(after?["services"] == before?["services"], "\(String(describing: after))")
            #expect(after?["status"] == before?["status"])
            let ready = try await client.get("/ready")
            #expect(ready.status == 200, "\(ready.text)")
        }
    }
}
