import Foundation

/// The search for the engine's library.
struct EngineSearch {
    static let systemNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    let options: OnnxRuntime.Options
    let dataDirectory: String?
    let environment: [String: String]

    /// The library named by the caller, if any: then nothing else is tried.
    private var named: String? {
        [options.libraryPath, environment[OnnxRuntime.pathVariable]].compactMap { $0 }.first { !$0.isEmpty }
    }

    /// The given data directory, then the ones that './jarvis setup' installs into, which reads the environment but
    /// no configuration file.
    private var downloads: [String] {
        let (shared, home) = (environment["XDG_DATA_HOME"], environment["HOME"])
        let folders = [
            dataDirectory, environment["JARVIS_DATA_DIR"], shared.map { $0.isEmpty ? $0 : $0 + "/jarvis-bridges" },
            home.map { $0.isEmpty ? $0 : $0 + "/.local/share/jarvis-bridges" },
        ]
        var places: [String] = []
        for folder in folders.compactMap({ $0 }) where !folder.isEmpty && !places.contains(folder + "/runtime") {
            places.append(folder + "/runtime")
        }
        return places
    }

    /// Libraries in the folder `downloads`, the newest version first.
    private func libraries(in downloads: String) -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: downloads)) ?? []
        return folders.filter { $0.hasPrefix("onnxruntime-") }
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .compactMap { folder in
                let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(downloads)/\(folder)")) ?? []
                return files.sorted().first { $0.hasPrefix("libonnxruntime.so") }.map { "\(downloads)/\(folder)/\($0)" }
            }
    }

    /// How many bytes are missing from the end of a library's file, by its ELF program headers; nil if none are, or if the file is not
    /// such a library at all. The dynamic linker maps what the headers say without checking, and the process is killed by a
    /// signal if the file is too short.
    private static func missingBytes(_ path: String) -> UInt64? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd(), let header = Self.read(64, at: 0, of: file),
            header.prefix(6) == [0x7F, 0x45, 0x4C, 0x46, 2, 1],
            let place = Self.number(header, 32, bytes: 8), let entry = Self.number(header, 54, bytes: 2),
            let count = Self.number(header, 56, bytes: 2), entry >= 56,
            let table = Self.read(Int(entry * count), at: place, of: file)
        else { return nil }
        var end: UInt64 = 0
        for index in 0..<Int(count) {
            let start = index * Int(entry)
            // PT_LOAD: offset and size in the file.
            guard Self.number(table, start, bytes: 4) == 1, let offset = Self.number(table, start + 8, bytes: 8),
                let length = Self.number(table, start + 32, bytes: 8)
            else { continue }
            let (sum, overflow) = offset.addingReportingOverflow(length)
            end = max(end, overflow ? .max : sum)
        }
        return end > size ? end - size : nil
    }

    /// - Returns: nil if the file does not have that many bytes there.
    private static func read(_ count: Int, at offset: UInt64, of file: FileHandle) -> [UInt8]? {
        guard offset <= UInt64(Int64.max), (try? file.seek(toOffset: offset)) != nil,
            let data = try? file.read(upToCount: count), data.count == count
        else { return nil }
        return [UInt8](data)
    }

    /// A little-endian number.
    private static func number(_ bytes: [UInt8], _ offset: Int, bytes count: Int) -> UInt64? {
        guard offset + count <= bytes.count else { return nil }
        return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Opens the first library that loads and that this module can use.
    ///
    /// - Throws: `engineMissing` naming every place and what was wrong with it; `engineUnusable` when the named library
    ///   is another one, or too old.
    func openLibrary() throws(OnnxRuntimeError) -> EngineLibrary {
        let candidates = named.map { [$0] } ?? downloads.flatMap(libraries) + Self.systemNames
        var reasons: [String] = []
        for path in candidates {
            if let bytes = Self.missingBytes(path) {
                reasons.append("\(path) is cut off: at least \(bytes) bytes of it are missing")
                continue
            }
            // RTLD_NODELETE: its threads and thread-locals must never lose their code.
            guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
                reasons.append(unsafe dlerror().map { unsafe String(cString: $0) } ?? "\(path) could not be opened")
                continue
            }
            do {
                return unsafe try EngineLibrary(path: path, symbol: dlsym(handle, "OrtGetApiBase"))
            } catch {
                guard named == nil else { throw advise(error.operation, code: .engineUnusable, message: error.message) }
                reasons.append("\(path): \(error.message)")
            }
        }
        throw advise("be loaded", code: .engineMissing, message: reasons.joined(separator: "; "))
    }

    /// An error that ends with what to do.
    private func advise(_ operation: String, code: OnnxRuntimeError.Code, message: String) -> OnnxRuntimeError {
        let advice =
            named == nil
            ? "Run './jarvis setup', or set \(OnnxRuntime.pathVariable) to a libonnxruntime.so."
            : "Check the path that \(OnnxRuntime.pathVariable) or the configuration names; without one, what './jarvis setup' downloads is used."
        return OnnxRuntimeError(operation: operation, code: code, message: "\(message). \(advice)")
    }
}
