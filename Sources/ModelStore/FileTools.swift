import BridgeSupport
import Foundation
import SystemPackage

/// What Foundation has no short form for.
enum FileTools {
    /// Size of a regular file (or of the target of a symbolic link); nil if there is none.
    ///
    /// Uses `stat` directly, because every look at the installed models asks for this, and Foundation's resource values take
    /// a hundred times as long.
    static func size(of file: URL) -> Int64? {
        var status = stat()
        guard stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    static func sizeOfFiles(below directory: URL) -> Int64 {
        let paths = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: [.fileSizeKey])
        return sum((paths?.compactMap { $0 as? URL } ?? []).compactMap(size)) ?? .max
    }

    /// The sum of sizes stated by others; nil if it overflows.
    static func sum(_ sizes: [Int64]) -> Int64? {
        sizes.reduce(0 as Int64?) { sum, size in
            guard let sum = sum?.addingReportingOverflow(size), !sum.overflow else { return nil }
            return sum.partialValue
        }
    }

    static func createDirectory(_ directory: URL) throws {
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        } catch {
            throw HubErrors.cannotWrite(directory, cause: error)
        }
    }

    /// Bytes that this user may still write on the directory's disk.
    static func freeSpace(at directory: URL) -> Int64? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    /// Makes a file's or directory's content survive a power cut.
    static func synchronize(_ url: URL) throws {
        let descriptor = try FileDescriptor.open(FilePath(url.path), .readOnly)
        defer { try? descriptor.close() }
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
