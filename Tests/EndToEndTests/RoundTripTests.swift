import BridgeTesting
import Foundation
import Testing

/// What the default English voice says is heard by the default recogniser: both real, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct RoundTripTests {
    private static let sentences = [
        "Turn on the light in the living room.", "What will the weather be like tomorrow?",
        "Please close the shutters in the bedroom.", "Remind me to water the plants this evening.",
        "Set the heating to a warmer temperature.", "Where did I leave the keys to the car?",
        "Play some quiet music in the kitchen.", "Is there any milk left in the fridge?",
        "Call my mother after dinner.", "The washing machine has finished.", "Read me the news of the day.",
        "How long does it take to drive to the station?", "Switch off all the lamps upstairs.",
        "The children come home from school at noon.", "Add bread and butter to the shopping list.",
        "Somebody is standing at the front door.", "Wake me up early on Monday morning.",
        "The garden needs more water in summer.", "Tell me a story about the sea.", "Good night, and see you tomorrow.",
    ]

    @Test func whatTheEnglishVoiceSaysIsUnderstood() async throws {
        let server = try await RunningServer(environment: [
            "JARVIS_DATA_DIR": TestData.real.path, "JARVIS_SERVICES_ENABLED": "stt,tts",
        ])
        var (said, wrong, misheard) = (0, 0, [String]())
        for sentence in Self.sentences {
            let (status, _, wav) = try await server.request(
                "/api/tts/synthesize", method: "POST",
                headers: ["Content-Type": "application/json", "Accept": "audio/wav"],
                body: Data(#"{"text":"\#(sentence)","language":"en"}"#.utf8))
            try #require(status == 200)
            let (heardStatus, _, answer) = try await server.request(
                "/api/stt/transcribe", method: "POST", headers: ["Content-Type": "audio/wav"], body: wav)
            try #require(heardStatus == 200)
            let object = try #require(JSONSerialization.jsonObject(with: answer) as? [String: Any])
            #expect(object["model"] as? String == "whisper-base")
            #expect(object["language"] as? String == "en")
            let text = try #require(object["text"] as? String)
            let (heard, words) = (WordErrors.words(text), WordErrors.words(sentence))
            let count = WordErrors.count(heard, words)
            (said, wrong) = (said + words.count, wrong + count)
            if count > 0 { misheard.append("\(sentence) | \(text)") }
        }
        #expect(Double(wrong) <= 0.1 * Double(said), "\(wrong) of \(said): \(misheard)")
        #expect(try await server.stop() == 0)
    }
}
