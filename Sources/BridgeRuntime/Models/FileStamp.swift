import Foundation

/// What tells that files have changed, without reading them.
enum FileStamp {
    /// The paths, sizes and times of all files below `folder`, in order; empty where there is none.
    ///
    /// - Parameter ignored: the name of a folder in it that does not matter.
    static func of(_ folder: URL, ignoring ignored: String? = nil) -> String {
        let root = folder.resolvingSymlinksInPath().path
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        let files = paths.filter { $0.prefix { $0 != "/" } != ignored ?? "" }.sorted().map { path in
            "\(path) \(status(of: "\(root)/\(path)").map { "\($0.st_size) \(time($0))" } ?? "")"
        }
        return ([root] + files).joined(separator: "\n")
    }

    /// The size of a network's file, and of those beside it that hold its weights: their names begin with its own.
    static func bytes(ofNetwork file: URL) -> Int {
        let (folder, name) = (file.deletingLastPathComponent(), file.lastPathComponent)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(name) }.reduce(0) { sum, name in
            sum + (status(of: folder.appending(path: name).path).map { Int($0.st_size) } ?? 0)
        }
    }

    /// Of what a link points at. `stat` itself, as models are looked at every second: Foundation's attributes take many times as long.
    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func time(_ status: stat) -> String {
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return "\(time.tv_sec).\(time.tv_nsec)"
    }
}
