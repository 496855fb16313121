import BridgeSupport
import Foundation
import SystemPackage

/// What Foundation has no short word for.
enum FileTools {
    /// Size of a regular file (or of what a symbolic link points at); nil where there is none.
    static func size(of file: URL) -> Int64? {
        let values = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
        guard values?.isRegularFile == true else { return nil }
        return values?.fileSize.map(Int64.init)
    }

    static func sizeOfFiles(below directory: URL) -> Int64 {
        let paths = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: [.fileSizeKey])
        return (paths?.compactMap { $0 as? URL } ?? []).reduce(0) { $0 + (size(of: $1) ?? 0) }
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

    /// Runs a body that waits for the disk away from Swift's own threads, of which there are as many as cores.
    static func offload<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: .init(catching: body)) }
        }
    }
}

/// Sizes in the words of the error messages and the progress line.
enum ByteText {
    static func size(_ bytes: Int64) -> String {
        var (value, unit) = (Double(bytes), 0)
        let units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let digits = unit == 0 || value >= 99.95 ? 0 : 1
        return String(format: "%.\(digits)f %@", value, units[unit])
    }
}
