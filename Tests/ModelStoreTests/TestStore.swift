import AsyncHTTPClient
import BridgeRuntime
import BridgeSupport
import Foundation
import Logging
import Testing

@testable import ModelStore

/// A store in a directory of its own that goes away with it.
final class TestStore: Sendable {
    static let voice = "fr_FR-test-medium"
    /// In whose answers nobody waits.
    static let impatient = RetryPolicy(
        attempts: 3, firstPause: .milliseconds(1), longestPause: .milliseconds(2), longestRetryAfter: .milliseconds(20))

    let root: URL
    let store: ModelStore
    var directory: URL { store.directory }
    var incomplete: URL { store.incompleteRoot }

    init(
        _ endpoint: String = "http://127.0.0.1:1", token: String? = nil, environment: [String: String] = [:],
        models: [ModelDescription] = [TestStore.voiceModel()], sharing other: TestStore? = nil,
        retry: RetryPolicy = TestStore.impatient, clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        root = other?.root ?? FileManager.default.temporaryDirectory.appending(path: "model-store-\(UUID().uuidString)")
        var hub = HubSettings(environment: environment.merging(["HF_ENDPOINT": endpoint]) { given, _ in given })
        hub.token = token
        store = ModelStore(
            directory: root.appending(path: "models", directoryHint: .isDirectory),
            catalogue: Catalogue(models: models),
            formats: .bridges, hub: hub, client: nil, retry: retry,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: clock,
            bundled: root.appending(path: "bundled", directoryHint: .isDirectory))
        isOwner = other == nil
    }

    private let isOwner: Bool

    deinit {
        if isOwner { try? FileManager.default.removeItem(at: root) }
    }

    /// - Parameter others: sources after the hub.
    static func voiceModel(
        size: Int64? = nil, md5: String? = nil, others: [ModelDescription.Source] = []
    ) -> ModelDescription {
        ModelDescription(
            id: voice, service: .tts, summary: "Test", languages: ["fr"], sizeBytes: nil, licence: nil,
            sources: [
                .hub(
                    repository: "rhasspy/piper-voices", revision: "main",
                    files: [
                        .init(path: "fr/test/\(voice).onnx", destination: "\(voice).onnx", sizeBytes: size, md5: md5),
                        .init(path: "fr/test/\(voice).onnx.json", destination: "\(voice).onnx.json"),
                    ])
            ] + others)
    }

    func pull(_ id: String = TestStore.voice) async throws -> InstalledModel { try await store.pull(id) { _ in } }

    func file(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: directory.appending(path: path))).map(Array.init)
    }

    /// What lies in a folder, in order.
    func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    func write(_ text: String, to path: String) throws {
        let file = directory.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// What `pull` must fail with; nothing may look installed afterwards.
    func expectFailure(
        _ code: ServiceError.Code, of id: String = TestStore.voice, mentions words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: ServiceError.self, sourceLocation: sourceLocation) { try await self.pull(id) }
        #expect(error?.code == code, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        for word in words {
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        }
        #expect((try? store.installed().isEmpty) == true, sourceLocation: sourceLocation)
    }
}
