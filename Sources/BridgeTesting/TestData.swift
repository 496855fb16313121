public import Foundation
public import OnnxRuntime

/// The data folder of the tests: the engine and the models that they need, and nothing else. `./jarvis test` fills it with files of
/// known digests. The tests ignore what the user of this machine has installed and configured.
public enum TestData {
    struct Missing: Error, CustomStringConvertible {
        var what: String
        var description: String {
            "These tests need \(what) in \(TestData.folder.path). './jarvis test' puts it there, also with the name of a test behind it."
        }
    }

    /// The project's folder.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What `./jarvis test` downloads.
    public static let folder = root.appending(path: ".build/test-data", directoryHint: .isDirectory)

    /// A folder that does not exist: no models, no configuration, no home.
    public static let nowhere = URL(filePath: "/nowhere/\(UUID().uuidString)", directoryHint: .isDirectory)

    /// The directory of an installed model.
    public static func model(_ id: String) throws -> URL {
        let directory = folder.appending(path: "models/\(id)", directoryHint: .isDirectory)
        guard FileManager.default.fileExists(atPath: directory.path) else { throw Missing(what: "the model \(id)") }
        return directory
    }

    /// A data folder with models of general use: whisper-base, an English voice, multilingual-e5-small and what they need.
    public static let real = folder.appending(path: "real", directoryHint: .isDirectory)

    /// The directory of a model of general use.
    public static func realModel(_ id: String) throws -> URL {
        let directory = real.appending(path: "models/\(id)", directoryHint: .isDirectory)
        guard FileManager.default.fileExists(atPath: directory.path) else { throw Missing(what: "the model \(id)") }
        return directory
    }

    /// A recording of real speech and what is said in it.
    ///
    /// - Parameter name: such as "fr/bonjour_monde".
    public static func clip(_ name: String) throws -> (audio: URL, text: String) {
        let audio = folder.appending(path: "clips/\(name).wav")
        let text = folder.appending(path: "clips/\(name).txt")
        guard FileManager.default.fileExists(atPath: audio.path) else { throw Missing(what: "the recording \(name)") }
        return (audio, try String(contentsOf: text, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The library of the engine.
    public static func engineLibrary() throws -> String {
        let runtime = folder.appending(path: "runtime")
        let files = FileManager.default.subpaths(atPath: runtime.path)?.sorted() ?? []
        guard let file = files.last(where: { $0.contains("/libonnxruntime.so") }) else {
            throw Missing(what: "the inference engine")
        }
        return runtime.appending(path: file).path
    }

    /// The engine of this process.
    public static func engine() throws -> OnnxRuntime {
        try OnnxRuntime.load(.init(libraryPath: engineLibrary()), environment: [:])
    }

    /// The environment for programs under test: the variables that say where programs and scratch files are, and `changes`.
    public static func environment(_ changes: [String: String] = [:]) -> [String: String] {
        let kept = ["PATH", "TMPDIR", "LANG", "LC_ALL", "USER", "LOGNAME", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"]
        let inherited = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
        // Nothing listens on port 9 of this machine.
        let own = [
            "HOME": nowhere.path, "JARVIS_DATA_DIR": folder.path, "HF_HUB_OFFLINE": "1", "OLLAMA_HOST": "127.0.0.1:9",
            "NO_COLOR": "1",
        ]
        return inherited.merging(own) { $1 }.merging(changes) { $1 }
    }
}
