import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

/// Weights of Tools/whisper/import_fixtures.py in a folder of their own, with the side files of the export of the same model.
struct ImportFixture {
    /// The export whose side files are used.
    var model: String
    /// Files of whisper-imports by their names in the folder.
    var files: [String: String]
    /// Side files of the export that are left out.
    var without: Set<String> = []

    static let multilingual = ImportFixture(
        model: "whisper-multilingual", files: ["model.safetensors": "multilingual.safetensors"])
    static let v3 = ImportFixture(
        model: "whisper-v3",
        files: Dictionary(
            uniqueKeysWithValues: [
                "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
            ].map { ($0, "v3-\($0)") }))
    static let float16 = ImportFixture(
        model: "whisper-multilingual", files: ["model.bin": "multilingual-float16.bin"])
    static let int8 = ImportFixture(model: "whisper-multilingual", files: ["model.bin": "multilingual-int8.bin"])
    /// As a wheel or a folder of faster-whisper has it.
    static let fasterWhisper = ImportFixture(
        model: "whisper-multilingual",
        files: ["model.bin": "multilingual-float16.bin", "config.json": "ctranslate2-config.json"],
        without: ["generation_config.json"])

    private static let sideFiles = [
        "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
    ]

    /// A new folder with these files.
    func folder(in home: TemporaryFolder) throws -> URL {
        let folder = home.url.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in Self.sideFiles where files[name] == nil && !without.contains(name) {
            try FileManager.default.copyItem(
                at: WhisperFixtures.url("\(model)/\(name)"), to: folder.appending(path: name))
        }
        for (name, source) in files {
            try FileManager.default.copyItem(
                at: WhisperFixtures.url("whisper-imports/\(source)"), to: folder.appending(path: name))
        }
        return folder
    }

    /// A new folder in which the graphs have been made.
    func imported(as precision: ImportPrecision, in home: TemporaryFolder) throws -> URL {
        let folder = try folder(in: home)
        _ = try Self.complete(folder, precision)
        return folder
    }

    @discardableResult
    static func complete(_ folder: URL, _ precision: ImportPrecision) throws -> ImportedFiles {
        let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)))
        return try WhisperBackend.complete(folder, having: files, precision: precision) { _ in }
    }

    /// The sentence with which an import is refused. It has made no graph then.
    static func refusal(of folder: URL) throws -> String {
        do {
            try complete(folder, .int8)
            Issue.record("It was imported.")
            return ""
        } catch let error as ServiceError {
            #expect(error.code == .modelNotInstalled)
            for graph in ["encoder.onnx", "decoder.onnx"] {
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: graph).path))
            }
            return error.message
        }
    }

    /// A new folder with these files, whose `model.safetensors` and `config.json` are changed.
    func folder(
        in home: TemporaryFolder, configuration: [String: Any] = [:],
        _ edit: (inout EditableSafetensors) throws -> Void = { _ in }
    ) throws -> URL {
        let folder = try folder(in: home)
        let file = folder.appending(path: "model.safetensors")
        var weights = try EditableSafetensors(file)
        try edit(&weights)
        try weights.write(to: file)
        let json = folder.appending(path: "config.json")
        let old = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
        try JSONSerialization.data(withJSONObject: old.merging(configuration) { $1 }).write(to: json)
        return folder
    }
}
