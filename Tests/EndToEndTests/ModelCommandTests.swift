import BridgeTesting
import Foundation
import Testing

/// `models` as a person types it, against a hub on this machine.
@Suite struct ModelCommandTests {
    private static let model = "whisper-tiny"

    /// Every file of every repository, each with bytes of its own.
    private static func withHub(_ body: @escaping @Sendable (_ environment: [String: String]) async throws -> Void)
        async throws
    {
        try await HubStandIn.run({ asked, _ in .small(content(asked.path)) }) { hub in
            let data = try TemporaryFolder()
            try await body([
                "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": data.url.path,
                "NO_PROXY": "127.0.0.1",
            ])
        }
    }

    private static func content(_ path: String) -> [UInt8] {
        Array("{\"file\":\"\((path as NSString).lastPathComponent)\"}".utf8)
    }

    private static func installed(_ environment: [String: String]) async throws -> [String] {
        let list = try await Program.run(["models", "list", "--installed", "--json"], environment: environment)
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        return rows.compactMap { $0["id"] as? String }
    }

    @Test func aModelIsPulledListedVerifiedAndRemoved() async throws {
        try await Self.withHub { environment in
            let run = { (arguments: [String]) in try await Program.run(["models"] + arguments, environment: environment)
            }
            #expect(try await !Self.installed(environment).contains(Self.model))
            let pull = try await run(["pull", Self.model])
            #expect(pull.status == 0, "\(pull.errors)")
            // Nobody watches: plain lines, and not a bar that draws over itself.
            #expect(pull.errors.contains(Self.model) && !pull.errors.contains("\r"), "\(pull.errors)")
            #expect(try await Self.installed(environment).contains(Self.model))
            let again = try await run(["pull", Self.model])
            #expect(again.errors == "\(Self.model) is installed.\n")
            let table = try await run(["list", "--service", "stt"])
            #expect(table.text.split(separator: "\n").contains { $0.hasPrefix("✓  \(Self.model) ") }, "\(table.text)")
            #expect(!table.text.contains("fr_FR-"))

            let good = try await run(["verify", Self.model])
            #expect((good.status, good.text) == (0, "ok    \(Self.model)\n"))
            let folder = URL(filePath: environment["JARVIS_DATA_DIR"] ?? "").appending(path: "models/\(Self.model)")
            try Data("{\"file\":\"config.jsoN\"}".utf8).write(to: folder.appending(path: "config.json"))
            let bad = try await run(["verify", Self.model])
            #expect(bad.status == 1)
            #expect(bad.text.hasPrefix("FAIL  \(Self.model): ") && bad.text.contains("config.json"), "\(bad.text)")
            #expect(bad.errors.contains("models remove"))

            let removal = try await run(["remove", Self.model])
            #expect((removal.status, removal.errors) == (0, "\(Self.model) removed.\n"))
            #expect(!FileManager.default.fileExists(atPath: folder.path))
            #expect(try await !Self.installed(environment).contains(Self.model))
        }
    }

    /// The catalogue knows the digests of its voices, whatever a hub says.
    @Test func aFileThatIsNotWhatTheCatalogueKnowsIsRefused() async throws {
        try await Self.withHub { environment in
            let pull = try await Program.run(["models", "pull", "fr_FR-siwis-medium"], environment: environment)
            #expect(pull.status == 1)
            #expect(pull.errors.contains("fr_FR-siwis-medium"), "\(pull.errors)")
            #expect(try await !Self.installed(environment).contains("fr_FR-siwis-medium"))
        }
    }

    @Test func theNetworkIsNotUsedWhereItIsForbidden() async throws {
        try await HubStandIn.run({ asked, _ in .small(Self.content(asked.path)) }) { hub in
            let data = try TemporaryFolder()
            let pull = try await Program.run(
                ["models", "pull", Self.model],
                environment: [
                    "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "1", "JARVIS_DATA_DIR": data.url.path,
                ])
            #expect(pull.status == 1)
            #expect(pull.errors.contains("HF_HUB_OFFLINE"), "\(pull.errors)")
            #expect(hub.asked.isEmpty)
        }
    }
}
