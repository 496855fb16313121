import BridgeTesting
import Foundation
import Testing

/// Models fetched through the server, from a hub on this machine.
@Suite(.timeLimit(.minutes(5))) struct ModelPullTests {
    private static let pull = "/api/models/\(TinyEncoder.id)/pull"
    private static let lines = ["Accept": "application/x-ndjson"]

    /// A server with a data folder of its own, and a hub that answers for it.
    private func serving(
        _ hub: @escaping HubStandIn.Handler, _ body: @Sendable (RunningServer, HubStandIn) async throws -> Void
    ) async throws {
        try await HubStandIn.run(hub) { hub in
            let home = try TemporaryFolder()
            try FileManager.default.createSymbolicLink(
                at: home.url.appending(path: "runtime"), withDestinationURL: TestData.folder.appending(path: "runtime"))
            let server = try await RunningServer(environment: [
                "HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "0", "JARVIS_DATA_DIR": home.url.path,
                "NO_PROXY": "127.0.0.1", "JARVIS_PRELOAD": "false", "JARVIS_READY_REQUIRE": "tts",
            ])
            try await body(server, hub)
            #expect(try await server.stop() == 0)
        }
    }

    private static func content(_ path: String) -> [UInt8] { TinyEncoder.content(path) ?? Array("{}".utf8) }

    private static func state(_ server: RunningServer) async throws -> String? {
        let (_, _, data) = try await server.request("/api/models")
        let list = try JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]]
        return list?["models"]?.first { $0["id"] as? String == TinyEncoder.id }?["state"] as? String
    }

    @Test func twoClientsShareADownloadAndTheModelIsListedAtOnce() async throws {
        let gate = Gate()
        try await serving { asked, _ in
            // Until both watch it.
            if asked.method == "GET" { try? await gate.pass() }
            return .small(Self.content(asked.path))
        } _: { server, hub in
            let url = server.base + Self.pull
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for _ in 0..<2 { group.addTask { try await RunningServer.post(url, headers: Self.lines) } }
                try await waitUntil(every: .milliseconds(20)) { hub.asked.contains { $0.method == "GET" } }
                // The second has come by then, or joins what has not ended.
                _ = try await server.request("/api/models")
                gate.open()
                for try await (status, text) in group {
                    #expect(
                        status == 200 && text.hasSuffix("{\"done\":true,\"id\":\"\(TinyEncoder.id)\"}\n"), "\(text)")
                }
            }
            for path in Set(hub.asked.filter { $0.method == "GET" }.map(\.path)) {
                #expect(hub.asked.filter { $0.method == "GET" && $0.path == path }.count == 1, "\(path)")
            }
            #expect(try await Self.state(server) == "installed")
            let deleted = try await server.request("/api/models/\(TinyEncoder.id)", method: "DELETE")
            #expect(deleted.0 == 200)
            #expect(try await Self.state(server) == "available")
        }
    }

    /// A file that is larger than any disk stands for a disk that is full.
    @Test func aFullDiskIsSaidAndNothingIsInstalled() async throws {
        try await serving { asked, _ in
            asked.path.hasSuffix("tokenizer.json")
                ? .init(body: [1], declaredLength: 9_000_000_000_000_000) : .small(Self.content(asked.path))
        } _: { server, _ in
            let (status, text) = try await RunningServer.post(server.base + Self.pull, headers: Self.lines)
            #expect(text.contains("storage_full"), "\(status) \(text)")
            #expect(try await Self.state(server) == "available")
        }
    }
}
