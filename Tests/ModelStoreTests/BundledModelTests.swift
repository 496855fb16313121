import BridgeSupport
import Foundation
import Testing

@testable import ModelStore

/// Models whose files come with the program.
@Suite(.timeLimit(.minutes(5))) struct BundledModelTests {
    private static let model = ModelDescription(
        id: "whisper-small-thing", service: .stt, summary: "Test", languages: ["fr"], sizeBytes: nil,
        licence: "Apache-2.0",
        sources: [])

    private func store(files: [String]) throws -> TestStore {
        let test = try TestStore(models: [Self.model, TestStore.voiceModel()])
        let folder = test.root.appending(path: "bundled/\(Self.model.id)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in files { try Data("12345".utf8).write(to: folder.appending(path: file)) }
        return test
    }

    @Test func isInstalledBeforeAnythingWasFetched() async throws {
        let test = try store(files: ["config.json", "encoder_model.onnx"])
        let installed = try #require(try test.store.installedModel(Self.model.id))
        #expect(installed.service == .stt && installed.sizeBytes == 10)
        #expect(try test.store.installed() == [installed])
        #expect(try await test.pull(Self.model.id) == installed)
        #expect(try test.store.verify(Self.model.id).isEmpty)
    }

    @Test func aBundledModelCannotBeRemoved() throws {
        let test = try store(files: ["config.json"])
        let error = #expect(throws: ServiceError.self) { try test.store.remove(Self.model.id) }
        #expect(error?.message.contains("part of the program") == true)
        #expect(try test.store.installedModel(Self.model.id) != nil)
    }

    @Test func isNotTakenFromTheModelsDirectoryNorUnderAnotherName() throws {
        let test = try store(files: ["config.json"])
        try test.write("x", to: "\(Self.model.id)/config.json")
        #expect(try test.store.installedModel(Self.model.id)?.directory.path.contains("bundled") == true)
        try FileManager.default.moveItem(
            at: test.root.appending(path: "bundled/\(Self.model.id)"), to: test.root.appending(path: "bundled/unknown"))
        #expect(try test.store.installedModel("unknown") == nil)
    }

    @Test func whisperNanoComesWithTheProgram() throws {
        let catalogue = try Catalogue.bundled()
        let nano = try #require(catalogue["whisper-nano"])
        #expect(nano.isBuiltIn && nano.licence == "Apache-2.0")
        #expect(nano.limits?.contains("demo") == true)
    }
}
