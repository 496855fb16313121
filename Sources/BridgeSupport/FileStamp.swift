public import Foundation

/// Tells whether files have changed, without reading them.
public enum FileStamp {
    /// The paths, sizes and times of all files below `folder`, in order; empty if there is no such folder.
    ///
    /// - Parameter ignored: the name of a folder in it to leave out.
    public static func of(_ folder: URL, ignoring ignored: String? = nil) -> String {
        let root = folder.resolvingSymlinksInPath().path
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        let files = paths.filter { $0.prefix { $0 != "/" } != ignored ?? "" }.sorted().map { path in
            "\(path) \(status(of: "\(root)/\(path)").map { "\($0.st_size) \(time($0))" } ?? "")"
        }
        return ([root] + files).joined(separator: "\n")
    }

    /// The size, times and identity of one file, through links; nil if it cannot be found. A file that another one was renamed to has
    /// another identity, also within the same tick of the clock. The second time changes with its owner and permissions too.
    public static func of(file: URL) -> String? {
        status(of: file.path).map { "\($0.st_ino) \($0.st_size) \(time($0)) \(changeTime($0))" }
    }

    /// The size of one file, through links; nil if it cannot be found.
    public static func bytes(of file: URL) -> Int? { status(of: file.path).map { Int($0.st_size) } }

    /// The size of a network's file and of the files beside it that hold its weights, whose names begin with its own.
    public static func bytes(ofNetwork file: URL) -> Int {
        let (folder, name) = (file.deletingLastPathComponent(), file.lastPathComponent)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(name) }.reduce(0) { sum, name in
            sum + (bytes(of: folder.appending(path: name)) ?? 0)
        }
    }

    /// Follows links. Uses `stat` directly, as models are checked every second: Foundation's attributes take many times as long.
    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func time(_ status: stat) -> String {
        #if canImport(Darwin)
            text(status.st_mtimespec)
        #else
            text(status.st_mtim)
        #endif
    }

    private static func changeTime(_ status: stat) -> String {
        #if canImport(Darwin)
            text(status.st_ctimespec)
        #else
            text(status.st_ctim)
        #endif
    }

    private static func text(_ time: timespec) -> String { "\(time.tv_sec).\(time.tv_nsec)" }
}
