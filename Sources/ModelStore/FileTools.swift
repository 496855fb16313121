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

    /// Appends files to `whole`, piece by piece, and deletes each once it is in there. Stops between two pieces if the task is cancelled.
    static func append(_ parts: some Sequence<URL>, to whole: URL) throws {
        let output = try FileHandle(forWritingTo: whole)
        defer { try? output.close() }
        try output.seekToEnd()
        for part in parts {
            let input = try FileHandle(forReadingFrom: part)
            defer { try? input.close() }
            while let chunk = try input.read(upToCount: 1 << 20), !chunk.isEmpty {
                try Task.checkCancellation()
                try output.write(contentsOf: chunk)
            }
            try FileManager.default.removeItem(at: part)
        }
    }

    /// Copies a file piece by piece, and computes its digests on the way. Stops between two pieces if the task is cancelled.
    ///
    /// - Throws: `invalid_request` naming the source when it cannot be read.
    static func copy(
        _ source: URL, to destination: URL, progress: (Int64) -> Void
    ) throws -> ContentDigests {
        func unreadable(_ error: any Error) -> ServiceError {
            ServiceError(
                .invalidRequest, "\(source.path) cannot be read. Check its owner and permissions.", param: "from",
                cause: error)
        }
        let input: FileHandle
        do { input = try FileHandle(forReadingFrom: source) } catch { throw unreadable(error) }
        defer { try? input.close() }
        guard FileManager.default.createFile(atPath: destination.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let output = try FileHandle(forWritingTo: destination)
        defer { try? output.close() }
        var (hasher, count) = (ContentHasher(expectedSize: nil), Int64(0))
        while true {
            try Task.checkCancellation()
            let chunk: Data?
            do { chunk = try input.read(upToCount: 1 << 20) } catch { throw unreadable(error) }
            guard let chunk, !chunk.isEmpty else { return hasher.finish() }
            try output.write(contentsOf: chunk)
            hasher.update(chunk)
            count += Int64(chunk.count)
            progress(count)
        }
    }

    /// Makes a file's or directory's content survive a power cut.
    static func synchronize(_ url: URL) throws {
        let descriptor = try FileDescriptor.open(FilePath(url.path), .readOnly)
        defer { try? descriptor.close() }
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
