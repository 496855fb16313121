import Foundation

/// What tells that files have changed, without reading them.
enum FileStamp {
    /// The paths, sizes and times of all files below `folder`, in order; empty where there is none.
    static func of(_ folder: URL) -> String {
        let root = folder.resolvingSymlinksInPath()
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
        let files = paths.sorted().map { path in
            let file = root.appending(path: path).resolvingSymlinksInPath().path
            let attributes = (try? FileManager.default.attributesOfItem(atPath: file)) ?? [:]
            let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(path) \((attributes[.size] as? NSNumber)?.int64Value ?? 0) \(time)"
        }
        return ([root.path] + files).joined(separator: "\n")
    }
}
