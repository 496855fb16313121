import BridgeSupport
import SystemPackage

/// Bytes at rest, read by position, so that no header can move a cursor out of bounds.
protocol ByteSource: Sendable {
    /// Number of bytes in all.
    var count: Int { get }
    /// `count` bytes from `offset`; fewer only at the end.
    func read(at offset: Int, count: Int) throws -> [UInt8]
}

struct MemoryBytes: ByteSource {
    let bytes: [UInt8]
    var count: Int { bytes.count }

    func read(at offset: Int, count: Int) -> [UInt8] {
        guard offset >= 0, count > 0, offset < bytes.count else { return [] }
        return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
    }
}

/// A regular file, open for as long as the value lives.
final class FileBytes: ByteSource {
    let descriptor: FileDescriptor
    let count: Int

    /// - Throws: `invalid_request` naming `field` when the path can't be opened or is not a regular file.
    init(path: String, field: String) throws {
        do {
            descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch {
            throw ServiceError(
                .invalidRequest, "The audio file \(path) can't be opened: \(error).", param: field, cause: error)
        }
        do {
            count = Int(try descriptor.seek(offset: 0, from: .end))
            // Directories can be opened, and even seeked on some systems, but never read.
            var probe: UInt8 = 0
            _ = try unsafe withUnsafeMutableBytes(of: &probe) {
                unsafe try descriptor.read(fromAbsoluteOffset: 0, into: $0)
            }
        } catch {
            try? descriptor.close()
            throw ServiceError(
                .invalidRequest, "\(path) is not a regular file, so that no audio can be read from it.", param: field,
                cause: error)
        }
    }

    deinit {
        try? descriptor.close()
    }

    func read(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, count > 0, offset < self.count else { return [] }
        return try descriptor.bytes(at: offset, count: min(count, self.count - offset))
    }
}

extension FileDescriptor {
    /// `count` bytes from `offset`; fewer when the file ends earlier, even if somebody has just truncated it.
    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = try unsafe read(fromAbsoluteOffset: Int64(offset + filled), into: rest)
                guard got > 0 else { break }
                filled += got
            }
        }
    }
}
