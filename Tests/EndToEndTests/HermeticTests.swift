import BridgeTesting
import Foundation
import Testing

/// Tests see nothing of what the user of this machine has installed, set or written, and look the same everywhere.
@Suite(.timeLimit(.minutes(5))) struct HermeticTests {
    @Test func programsUnderTestHaveNoSettingsOfTheUser() async throws {
        let shown = try await Program.run(["config", "--json"])
        let rows = try #require(JSONSerialization.jsonObject(with: shown.output) as? [[String: String]])
        let set = rows.filter { $0["source"] != "default" }
        #expect(set.compactMap { $0["key"] } == ["data_dir"] && set.first?["value"] == TestData.folder.path, "\(set)")
        let environment = TestData.environment()
        let ours = environment.keys.filter { $0.hasPrefix("JARVIS_") || $0.hasPrefix("HF_") || $0.hasPrefix("XDG_") }
        #expect(ours.sorted() == ["HF_HUB_OFFLINE", "JARVIS_DATA_DIR"])
        #expect(environment["HOME"] != NSHomeDirectory() && environment.keys.allSatisfy { !$0.hasSuffix("_PROXY") })
    }

    @Test func programsUnderTestHaveNoModelsOfTheUser() async throws {
        let list = try await Program.run(["models", "list", "--installed", "--json"])
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        let ids = Set(rows.compactMap { $0["id"] as? String }.filter { !$0.hasPrefix("espeak-") })
        #expect(ids == ["all-MiniLM-L6-v2", "silero-vad", "whisper-nano"])
    }

    /// What no test may use, and what stands for it: the product reads the user's settings by default.
    private static let forbidden = [
        ("OnnxRuntime.load()", "TestData.engine()"), ("HubSettings()", "HubSettings(environment:)"),
        ("defaultDirectory()", "TestData.folder"), ("ProcessInfo.processInfo.environment", "TestData.environment()"),
        ("NSHomeDirectory", "TestData.nowhere"), ("homeDirectoryForCurrentUser", "TestData.nowhere"),
    ]

    @Test func noTestReadsWhatIsTheUsers() throws {
        let tests = TestData.root.appending(path: "Tests")
        let files = try FileManager.default.subpathsOfDirectory(atPath: tests.path).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 50)
        for file in files where !file.hasSuffix("HermeticTests.swift") {
            let text = try String(contentsOf: tests.appending(path: file), encoding: .utf8)
            // For how long to look for faults is a setting of the tests.
            for (words, instead) in Self.forbidden where text.contains(words) && !text.contains("JARVIS_FUZZ_") {
                Issue.record("\(file) uses \(words); \(instead) reads nothing of the user's.")
            }
            for load in text.matches(of: /BridgeConfiguration\.load\(\s*environment:[^)]*\)/)
            where !load.output.contains("folder:") {
                Issue.record("\(file) reads jarvis.yaml; loadAlone reads none: \(load.output)")
            }
        }
    }
}
