import BridgeTesting
import Foundation
import Testing

/// `models import` as a person types it: what it brings in answers as every other model does.
@Suite(.timeLimit(.minutes(5))) struct ImportCommandTests {
    private let data: TemporaryFolder
    private let folder: TemporaryFolder

    init() throws { (data, folder) = (try TemporaryFolder(), try TemporaryFolder()) }

    private var environment: [String: String] {
        get throws { ["JARVIS_DATA_DIR": data.url.path, "JARVIS_ONNXRUNTIME": try TestData.engineLibrary()] }
    }

    private func run(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(arguments, environment: environment)
    }

    /// Files of the fixtures of SpeechToTextTests, by their names in the folder.
    private func copy(_ files: [String: String]) throws {
        let fixtures = TestData.root.appending(path: "Tests/SpeechToTextTests/Fixtures")
        for (name, source) in files {
            try FileManager.default.copyItem(
                at: fixtures.appending(path: source), to: folder.url.appending(path: name))
        }
    }

    private static let sides = [
        "config.json": "whisper-multilingual/config.json", "tokenizer.json": "whisper-multilingual/tokenizer.json",
        "generation_config.json": "whisper-multilingual/generation_config.json",
        "preprocessor_config.json": "whisper-multilingual/preprocessor_config.json",
    ]

    @Test func aFineTuneOutOfAFolderAnswersByItsName() async throws {
        try copy(Self.sides.merging(["model.safetensors": "whisper-imports/multilingual.safetensors"]) { $1 })
        let brought = try await run("models", "import", folder.url.path, "--id", "whisper-maison", "--json")
        let row = try #require(
            JSONSerialization.jsonObject(with: brought.output) as? [String: Any], "\(brought.errors)")
        #expect(row["service"] as? String == "stt" && row["source"] as? String == "folder:\(folder.url.path)")
        // Its graphs hold the weights now.
        let files = try FileManager.default.contentsOfDirectory(
            atPath: data.url.appending(path: "models/whisper-maison").path)
        #expect(files.contains { $0.hasSuffix(".onnx") } && !files.contains("model.safetensors"), "\(files)")
        #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: "model.safetensors").path))

        #expect(try await run("models", "verify", "whisper-maison").text == "ok    whisper-maison\n")
        let list = try await run("models", "list", "--installed")
        #expect(list.text.contains("whisper-maison") && list.text.contains("imported"), "\(list.text)")

        let sound = folder.url.appending(path: "bonjour.wav").path
        #expect(try await run("say", "Bonjour.", "--voice", "espeak-fr", "-o", sound).status == 0)
        let heard = try await run("transcribe", sound, "--model", "whisper-maison", "--language", "fr", "--json")
        let answer = try #require(JSONSerialization.jsonObject(with: heard.output) as? [String: Any], "\(heard.errors)")
        #expect(answer["model"] as? String == "whisper-maison")
        let byDefault = try await run(
            "transcribe", sound, "--set", "models.stt=whisper-maison", "--language", "fr", "--json")
        let other = try #require(JSONSerialization.jsonObject(with: byDefault.output) as? [String: Any])
        #expect(other["model"] as? String == "whisper-maison" && other["text"] as? String == answer["text"] as? String)

        let again = try await run("models", "import", folder.url.path, "--id", "whisper-maison")
        #expect(again.status == 1 && again.errors.contains("--replace"), "\(again.errors)")
        let replaced = try await run(
            "models", "import", folder.url.path, "--id", "whisper-maison", "--replace", "--precision", "fp32")
        #expect(replaced.status == 0 && replaced.errors.contains("whisper-maison is installed, for stt.\n"))
        #expect(replaced.errors.contains("until it is started again"), "\(replaced.errors)")
        #expect(try await run("models", "remove", "whisper-maison").status == 0)
    }

    @Test func aModelOfFasterWhisperIsToldByItsFiles() async throws {
        try copy([
            "config.json": "whisper-imports/ctranslate2-config.json",
            "tokenizer.json": "whisper-multilingual/tokenizer.json",
            "model.bin": "whisper-imports/multilingual-int8.bin",
        ])
        let brought = try await run("models", "import", folder.url.path, "--id", "whisper-maison")
        #expect(brought.status == 0, "\(brought.errors)")
        #expect(brought.errors.contains("converting model.bin") && brought.errors.hasSuffix("installed, for stt.\n"))
    }

    @Test func halfAFileIsNamedAndNothingStays() async throws {
        try copy(Self.sides.merging(["model.safetensors": "whisper-imports/multilingual.safetensors"]) { $1 })
        let weights = try FileHandle(forWritingTo: folder.url.appending(path: "model.safetensors"))
        try weights.truncate(atOffset: 100_000)
        let failed = try await run("models", "import", folder.url.path, "--id", "whisper-maison")
        #expect(failed.status == 1 && failed.errors.contains("model.safetensors"), "\(failed.errors)")
        let left = FileManager.default.subpaths(atPath: data.url.appending(path: "models").path) ?? []
        #expect(left.sorted() == [".incomplete", ".incomplete/whisper-maison.lock"], "\(left)")
    }

    /// Weights that can be read, and whose answers overflow.
    @Test func aModelThatTheEngineFindsUselessIsNotInstalled() async throws {
        try copy(Self.sides.merging(["model.safetensors": "whisper-imports/multilingual.safetensors"]) { $1 })
        let weights = folder.url.appending(path: "model.safetensors")
        var file = try Data(contentsOf: weights)
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try #require(
            JSONSerialization.jsonObject(with: file.dropFirst(8).prefix(length)) as? [String: [String: Any]])
        for end in ["weight", "bias"] {
            let place = try #require(header["model.decoder.layer_norm.\(end)"]?["data_offsets"] as? [Int])
            let huge = withUnsafeBytes(of: Float(3e38).bitPattern.littleEndian) { Data($0) }
            let values = Data([Data](repeating: huge, count: (place[1] - place[0]) / 4).joined())
            file.replaceSubrange(8 + length + place[0]..<8 + length + place[1], with: values)
        }
        try file.write(to: weights)
        let failed = try await run("models", "import", folder.url.path, "--id", "whisper-maison")
        #expect(failed.status == 1 && failed.errors.contains("its answers are no numbers"), "\(failed.errors)")
        let left = FileManager.default.subpaths(atPath: data.url.appending(path: "models").path) ?? []
        #expect(left.sorted() == [".incomplete", ".incomplete/whisper-maison.lock"], "\(left)")
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]) func anInterruptedImportLeavesNothing(
        _ signal: Int32, _ status: Int32
    ) async throws {
        // Takes seconds to copy, and no disk to hold.
        let voice = folder.url.appending(path: "voix.onnx")
        try Data().write(to: voice)
        try FileHandle(forWritingTo: voice).truncate(atOffset: 2 << 30)
        try Data("{}".utf8).write(to: folder.url.appending(path: "voix.onnx.json"))
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = ["models", "import", folder.url.path, "--id", "voix"]
        process.environment = TestData.environment(try environment)
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        let copy = data.url.appending(path: "models/.incomplete/voix/import/voix.onnx").path
        try await waitUntil(every: .milliseconds(5)) {
            !process.isRunning || FileManager.default.fileExists(atPath: copy)
        }
        kill(process.processIdentifier, signal)
        try await waitUntil(every: .milliseconds(20)) { !process.isRunning }
        #expect(process.terminationReason == .exit && process.terminationStatus == status)
        let left = FileManager.default.subpaths(atPath: data.url.appending(path: "models").path) ?? []
        #expect(left.sorted() == [".incomplete", ".incomplete/voix.lock"], "\(left)")
    }

    @Test func theCommandLineIsExplained() async throws {
        let none = try await run("models", "import", folder.url.path)
        #expect(none.status == 64 && none.errors.contains("--id"), "\(none.errors)")
        let wrong = try await run("models", "import", "hub:openai", "--id", "x")
        #expect(wrong.status == 1 && wrong.errors.contains("hub:OWNER/NAME"), "\(wrong.errors)")
        let listed = try await run("models", "import", folder.url.path, "--id", "whisper-base")
        #expect(listed.status == 1 && listed.errors.contains("models pull whisper-base"), "\(listed.errors)")
        let help = try await run("models", "import", "--help")
        #expect(help.text.contains("EXAMPLES") && help.text.contains("--precision"))
    }
}
