import BridgeTesting
import Foundation
import Testing

/// The lexicon of a house from the file to what is said.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LexiconTests {
    private let folder: TemporaryFolder
    private let file: URL

    init() throws {
        folder = try TemporaryFolder()
        file = folder.url.appending(path: "lexicon.yaml")
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: file) }

    private func say(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(
            ["say", "--voice", "espeak-fr"] + arguments, environment: ["JARVIS_TTS_LEXICON": file.path])
    }

    @Test func sayExplainsWhatItMakesOfAText() async throws {
        try write("entries:\n  - {match: Yves, say: ivo}\n")
        let explained = try await say("RDV à 18h30 chez Yves. Oui !", "--explain")
        #expect(explained.status == 0 && explained.errors.isEmpty, "\(explained.errors)")
        let lines = explained.text.split(separator: "\n").map(String.init)
        try #require(lines.count == 4, "\(explained.text)")
        #expect(lines[0] == "text:     RDV à 18h30 chez Yves. Oui !")
        #expect(lines[1] == "spoken:   rendez-vous à dix-huit heures trente chez ivo. Oui !")
        #expect(lines[2].hasPrefix("phonemes: ʁɑ̃dˈevuz") && lines[2].hasSuffix("ivˈo.") && lines[3].hasSuffix("wˈi!"))

        try write("entries:\n  - {match: Yves, phonemes: ivˈo}\n")
        let sounds = try await say("Chez Yves.", "--explain").text.split(separator: "\n").map(String.init)
        #expect(sounds.dropFirst() == ["spoken:   Chez [[ivˈo]].", "phonemes: ʃez ivˈo."], "\(sounds)")

        try write("entries:\n  - {match: Yves, say: ivo}\n")
        let sound = folder.url.appending(path: "a.wav").path
        let json = try await say("Yves", "--explain", "--json", "-o", sound)
        let report = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(report["text"] as? String == "Yves" && report["spoken"] as? String == "ivo")
        #expect((report["phonemes"] as? String)?.contains("iv") == true && report["file"] as? String == sound)
        #expect(FileManager.default.fileExists(atPath: sound))
        let plain = try await say("Yves", "--json", "-o", sound)
        #expect(!plain.text.contains("phonemes") && !plain.text.contains("spoken"))
        let clash = try await say("Yves", "--explain", "-o", "-")
        #expect(clash.status == 64 && clash.errors.contains("name a file"))
    }

    @Test func aWrongLexiconIsToldAndKeepsNobodyFromSpeaking() async throws {
        try write("entries:\n  - {match: Yves, say: ivo}\n  - {match: Zoé}\n")
        let explained = try await say("Yves", "--explain")
        #expect(explained.status == 0 && explained.text.contains("spoken:   Yves\n"))
        #expect(
            explained.errors.contains("\(file.path), line 3 is wrong: the entry says neither"), "\(explained.errors)")
        let doctor = try await Program.run(
            ["doctor", "--json"], environment: ["JARVIS_TTS_LEXICON": file.path, "JARVIS_PORT": "0"])
        #expect(doctor.text.contains("line 3 is wrong: the entry says neither"), "\(doctor.text)")
    }

    @Test func aServerFollowsTheFileAndKeepsWhatClientsPut() async throws {
        try write("entries:\n  - {match: Yves, say: ivo}\n")
        let environment = ["JARVIS_TTS_LEXICON": file.path, "JARVIS_SERVICES_ENABLED": "tts"]
        let server = try await RunningServer(environment: environment)
        func said() async throws -> String? {
            let body = #"{"text":"Yves","voice":"espeak-fr","explain":true}"#
            return try await server.json("/api/tts/synthesize", body).object["spoken"] as? String
        }
        #expect(try await said() == "ivo")
        try write("entries:\n  - {match: Yves, say: iva}\n")
        kill(server.process.processIdentifier, SIGHUP)
        try await waitUntil(every: .milliseconds(50)) {
            server.logText.contains("The entries of the lexicon were read again.")
        }
        #expect(try await said() == "iva")
        try write("entries:\n  - {match: Yves, say: [ivu]}\n")
        try await waitUntil(every: .milliseconds(50)) { server.logText.contains("line 2 is wrong: say must be a text") }
        #expect(try await said() == "iva" && !server.logText.contains("Yves"))
        let (status, _, _) = try await server.request(
            "/api/tts/lexicon", method: "PUT", headers: ["Content-Type": "application/json"],
            body: Data(#"{"entries":[{"match":"Yves","say":"ivi"}]}"#.utf8))
        #expect(status == 200)
        #expect(try await said() == "ivi")
        #expect(try await server.stop() == 0)
        let next = try await say("Yves", "--explain")
        #expect(next.errors.isEmpty && next.text.contains("spoken:   ivi\n"))
    }
}
