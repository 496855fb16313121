import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import ModelStore

/// Models that no catalogue lists, out of repositories of the hub.
@Suite(.timeLimit(.minutes(5))) struct RepositoryImportTests {
    private static let voice = ["a.onnx": "voice", "a.onnx.json": "{}", "README.md": "x", "samples/a.wav": "x"]

    /// The list of the hub, with the sizes of the voice's files.
    private static func tree(_ paths: some Sequence<String>) -> [UInt8] {
        let entries = paths.sorted().map { path in
            let size = voice[path].map { ",\"size\":\($0.utf8.count)" } ?? ""
            return "{\"type\":\"file\",\"path\":\"\(path)\"\(size)}"
        }
        return Array("[\(entries.joined(separator: ","))]".utf8)
    }

    private static func file(_ path: String) -> HubStandIn.Reply {
        voice[(path as NSString).lastPathComponent].map { .small(Array($0.utf8)) } ?? .status(404)
    }

    @Test func theFilesThatTheFormatNeedsAreFetched() async throws {
        try await HubStandIn.run(
            trees: { _, _ in .init(body: Self.tree(Self.voice.keys)) },
            { asked, _ in
                Self.file(asked.path)
            }
        ) { hub in
            let test = try TestStore(hub.endpoint)
            let request = ModelImport(from: .hub(repository: "moi/voix"), as: "fr_FR-moi-medium")
            let model = try await test.store.importModel(request) { _ in }
            #expect(model.source == "hub:moi/voix@\(Samples.commit)" && model.service == .tts)
            #expect(try test.store.verify(model.id).isEmpty)
            #expect(hub.asked.allSatisfy { !$0.path.hasSuffix("README.md") && !$0.path.hasSuffix(".wav") })
            #expect(test.names(in: test.incomplete) == ["fr_FR-moi-medium.lock"])
        }
    }

    /// A hub that means harm: the name begins as that of a file with weights does.
    @Test func aFileWhoseNameLeadsElsewhereIsNotTaken() async throws {
        let config = Array(#"{"model_type": "whisper"}"#.utf8)
        let names = [
            "config.json", "tokenizer.json", "onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx",
            "onnx/encoder_model.onnx/../../../../escaped",
        ]
        try await HubStandIn.run(
            trees: { _, _ in .init(body: Self.tree(names)) },
            { asked, _ in .small(asked.path.hasSuffix("/config.json") ? config : Array("x".utf8)) }
        ) { hub in
            let test = try TestStore(hub.endpoint)
            let model = try await test.store.importModel(ModelImport(from: .hub(repository: "a/b"), as: "mine")) { _ in
            }
            #expect(Manifest.read(in: model.directory)?.files.map(\.path).sorted() == names.dropLast().sorted())
            #expect(hub.asked.allSatisfy { !$0.path.contains("escaped") })
        }
    }

    @Test func aRepositoryOfPicklesIsRefusedBeforeAnythingLargeComes() async throws {
        let config = Array(#"{"model_type": "whisper"}"#.utf8)
        try await HubStandIn.run(
            trees: { _, _ in .init(body: Self.tree(["config.json", "tokenizer.json", "pytorch_model.bin"])) },
            { asked, _ in asked.path.hasSuffix("config.json") ? .small(config) : .status(404) }
        ) { hub in
            let test = try TestStore(hub.endpoint)
            let error = await #expect(throws: ServiceError.self) {
                try await test.store.importModel(ModelImport(from: .hub(repository: "a/b"), as: "mine")) { _ in }
            }
            #expect(error?.message.hasPrefix("hub:a/b holds its weights only as a pickle (pytorch_model.bin)") == true)
            #expect(hub.asked.allSatisfy { !$0.path.hasSuffix("pytorch_model.bin") })
        }
    }

    @Test func aRepositoryThatTheHubLacksIsNamed() async throws {
        try await HubStandIn.run({ _, _ in .status(404) }) { hub in
            let test = try TestStore(hub.endpoint)
            let error = await #expect(throws: ServiceError.self) {
                try await test.store.importModel(ModelImport(from: .hub(repository: "a/b"), as: "mine")) { _ in }
            }
            #expect(error?.message.contains("gives no list of files of a/b") == true, "\(error?.message ?? "")")
            let offline = try TestStore(hub.endpoint, environment: ["HF_HUB_OFFLINE": "1"])
            let refusal = await #expect(throws: ServiceError.self) {
                try await offline.store.importModel(ModelImport(from: .hub(repository: "a/b"), as: "mine")) { _ in }
            }
            #expect(refusal?.message.contains("HF_HUB_OFFLINE") == true)
        }
        let nowhere = try TestStore()
        let error = await #expect(throws: ServiceError.self) {
            try await nowhere.store.importModel(ModelImport(from: .hub(repository: "a/b"), as: "mine")) { _ in }
        }
        #expect(
            error?.message.contains("the list of files of hub:a/b could not be fetched") == true,
            "\(error?.message ?? "")")
    }
}
