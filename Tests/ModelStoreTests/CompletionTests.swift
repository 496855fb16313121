import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import Synchronization
import Testing

@testable import ModelStore

/// Files that are made of others, and others that go with them.
@Suite(.timeLimit(.minutes(5))) struct CompletionTests {
    private static func withStore(
        complete: @escaping ModelFormats.Complete, _ body: @Sendable (ModelStore) async throws -> Void
    ) async throws {
        try await HubStandIn.run({ asked, _ in
            .small(asked.path.hasSuffix(".bin") ? Samples.large : Samples.small)
        }) { hub in
            let folder = try TemporaryFolder()
            let files = ["config.json", "model.bin"].map {
                ModelDescription.RemoteFile(path: $0, destination: $0)
            }
            let model = ModelDescription(
                id: "m", service: .stt, summary: "", languages: [], sizeBytes: nil, licence: nil,
                sources: [.hub(repository: "a/m", revision: "main", files: files)])
            let formats = ModelFormats(
                service: { _, files in files.contains("graph.onnx") ? .stt : nil }, complete: complete,
                select: { _, _ in ModelSelection(service: .stt, files: ["config.json"]) })
            try await body(
                ModelStore(
                    directory: folder.url.appending(path: "models"), catalogue: Catalogue(models: [model]),
                    formats: formats, hub: HubSettings(environment: ["HF_ENDPOINT": hub.endpoint]), client: nil,
                    retry: TestStore.impatient, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    clock: ContinuousClock()))
        }
    }

    @Test func whatIsSupersededGoesAndProgressIsShown() async throws {
        try await Self.withStore(complete: { service, directory, files, options in
            #expect(service == .stt && files == ["config.json", "model.bin"] && options.precision == nil)
            for step in 1...4 { options.progress(Double(step) / 4) }
            try Data("graph".utf8).write(to: directory.appending(path: "graph.onnx"))
            return Completion(made: ["graph.onnx": "model.bin"], superseded: ["model.bin"])
        }) { store in
            let reports = Mutex<[PullProgress]>([])
            let model = try await store.pull("m") { report in reports.withLock { $0.append(report) } }
            let names = try FileManager.default.contentsOfDirectory(atPath: model.directory.path).sorted()
            #expect(names == ["config.json", "graph.onnx", "manifest.json"])
            let manifest = try #require(Manifest.read(in: model.directory))
            #expect(manifest.files.map(\.path).sorted() == ["config.json", "graph.onnx"])
            #expect(manifest.file("graph.onnx")?.source == "made from model.bin")
            #expect(try store.verify("m").isEmpty)
            let conversion = reports.withLock { $0.filter { $0.converted != nil } }
            #expect(conversion.map(\.converted) == [0.25, 0.5, 0.75, 1])
            #expect(conversion.allSatisfy { $0.file == "model.bin" })
        }
    }

    @Test func aConversionHearsThatItIsCancelled() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        try await Self.withStore(complete: { _, _, _, _ in
            start.yield()
            while true {
                try Task.checkCancellation()
                usleep(1000)
            }
        }) { store in
            let pull = Task { try await store.pull("m") { _ in } }
            for await _ in started { break }
            pull.cancel()
            await #expect(throws: CancellationError.self) { try await pull.value }
            let installed = try store.installed()
            #expect(installed.isEmpty)
        }
    }

    @Test func whatItWasMadeFromStaysWhereItFails() async throws {
        let calls = Mutex(0)
        try await Self.withStore(complete: { _, directory, files, _ in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            guard call > 1 else { throw ServiceError(.modelNotInstalled, "model.bin is no model.") }
            #expect(files == ["config.json", "model.bin"])
            try Data("graph".utf8).write(to: directory.appending(path: "graph.onnx"))
            return Completion(made: ["graph.onnx": "model.bin"], superseded: ["model.bin"])
        }) { store in
            let error = await #expect(throws: ServiceError.self) { try await store.pull("m") { _ in } }
            #expect(error?.message == "model.bin is no model.")
            let installed = try store.installed()
            #expect(installed.isEmpty)
            let model = try await store.pull("m") { _ in }
            #expect(model.sizeBytes == Int64(Samples.small.count + 5))
        }
    }
}
