import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct TopCommandTests {
    @Test func aServerThatIsNotThereIsSaidWithWhatToDo() async throws {
        let top = try await Program.run(["top", "--url", "http://127.0.0.1:9"])
        #expect(top.status == 1 && top.errors.contains("There is no answer from http://127.0.0.1:9."))
        #expect(top.errors.contains("--url"))
    }

    @Test func aServerAtWorkIsShown() async throws {
        let server = try await RunningServer(environment: ["JARVIS_API_KEYS": "a-key-of-22-characters"])
        let options = ["top", "--url", server.base, "--every", "0.2", "--count", "2"]
        let top = try await Program.run(options, environment: ["BRIDGES_KEY": "a-key-of-22-characters"])
        #expect(top.status == 0 && top.text.contains("Jarvis Bridges at \(server.base): version "))
        #expect(top.text.contains("REQUESTS") && top.text.contains("/ready") && top.text.contains("MODELS"))
        // Plain text into a pipe.
        #expect(!top.text.contains("\u{1B}"))
        let refused = try await Program.run(options)
        #expect(refused.status == 1 && refused.errors.contains("BRIDGES_KEY"))
    }

    @Test(arguments: [["--every", "0"], ["--count", "0"], ["--url", "maison:8005"]])
    func wrongOptionsAreUsageErrors(_ options: [String]) async throws {
        let top = try await Program.run(["top"] + options)
        #expect(top.status == 64 && top.errors.contains(options[0]))
    }
}
