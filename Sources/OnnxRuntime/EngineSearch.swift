import Foundation

/// Where the engine's library is looked for.
struct EngineSearch {
    static let systemNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    let options: OnnxRuntime.Options
    let dataDirectory: String?
    let environment: [String: String]

    /// The library that the caller named, if one was: then nothing else is tried.
    private var named: String? {
        [options.libraryPath, environment["JARVIS_ONNXRUNTIME"]].compactMap { $0 }.first { !$0.isEmpty }
    }

    /// Data directory: given, else JARVIS_DATA_DIR, else XDG_DATA_HOME/jarvis-bridges, else ~/.local/share/jarvis-bridges.
    private var downloads: String {
        if let directory = dataDirectory ?? environment["JARVIS_DATA_DIR"], !directory.isEmpty {
            return directory + "/runtime"
        }
        if let directory = environment["XDG_DATA_HOME"], !directory.isEmpty {
            return directory + "/jarvis-bridges/runtime"
        }
        return (environment["HOME"] ?? "") + "/.local/share/jarvis-bridges/runtime"
    }

    /// Libraries below `downloads`, the newest version first.
    private func downloaded() -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: downloads)) ?? []
        return folders.filter { $0.hasPrefix("onnxruntime-") }
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .compactMap { folder in
                let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(downloads)/\(folder)")) ?? []
                return files.sorted().first { $0.hasPrefix("libonnxruntime.so") }.map { "\(downloads)/\(folder)/\($0)" }
            }
    }

    /// Opens the first library that loads, and checks that it is one that this module can use.
    ///
    /// - Throws: `engineMissing` naming every place and what was wrong with it; `engineUnusable` for another library, or for
    ///   an old one.
    func openLibrary() throws(OnnxRuntimeError) -> EngineLibrary {
        let candidates = named.map { [$0] } ?? downloaded() + Self.systemNames
        var reasons: [String] = []
        for path in candidates {
            // RTLD_NODELETE: its threads and thread-locals must never lose their code.
            if let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) {
                return unsafe try EngineLibrary(path: path, symbol: dlsym(handle, "OrtGetApiBase"))
            }
            reasons.append(unsafe dlerror().map { unsafe String(cString: $0) } ?? "\(path) could not be opened")
        }
        let hint =
            named == nil
            ? "Run './jarvis setup', or set JARVIS_ONNXRUNTIME to a libonnxruntime.so."
            : "Check the path in JARVIS_ONNXRUNTIME or onnxruntime.path."
        throw OnnxRuntimeError(
            operation: "be loaded", code: .engineMissing, message: "\(reasons.joined(separator: "; ")). \(hint)")
    }
}
