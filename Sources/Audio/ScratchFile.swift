import BridgeSupport
import Foundation
import SystemPackage

/// A temporary file without a name, which vanishes with the value and with the process.
///
/// FFmpeg gets one as its standard input or output if it has to seek: the index of many MP4 files is at their end,
/// and the headers of MP3 and FLAC are completed last.
final class ScratchFile: Sendable {
    let descriptor: FileDescriptor

    private static let blockBytes = 1 << 20

    /// Blocks while it writes.
    ///
    /// - Throws: `storage_full` when the disk is full, `internal` when the temporary folder can't be written to.
    convenience init(holding bytes: any ByteSource = MemoryBytes(bytes: [])) throws {
        let name = "jarvis-audio-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw Self.failure(error)
        }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            try? descriptor.close()
            throw Self.failure(error)
        }
        try self.init(holding: bytes, descriptor)
    }

    /// - Parameter descriptor: an empty file, which this value closes.
    init(holding bytes: any ByteSource, _ descriptor: FileDescriptor) throws {
        self.descriptor = descriptor
        do {
            // Block by block, so that a whole recording is not in memory twice.
            for start in stride(from: 0, to: bytes.count, by: Self.blockBytes) {
                try descriptor.writeAll(try bytes.read(at: start, count: Self.blockBytes))
            }
            try descriptor.seek(offset: 0, from: .start)
        } catch {
            // The value exists by now, so that its end closes the file.
            throw Self.failure(error)
        }
    }

    deinit {
        try? descriptor.close()
    }

    /// All bytes of the file.
    func contents() throws -> [UInt8] {
        try descriptor.bytes(at: 0, count: Int(try descriptor.seek(offset: 0, from: .end)))
    }

    /// The error shown to a client when the disk is full; the location of the folder stays in the log.
    static let full =
        "The server has no room left for the temporary file that audio in this format needs. Free space in its temporary "
        + "folder, or start it with TMPDIR set to another one; WAV and raw PCM need no temporary file."

    static func failure(_ cause: any Error) -> ServiceError {
        if let errno = cause as? Errno, [.noSpace, .diskQuotaExceeded, .fileTooLarge].contains(errno) {
            return ServiceError(.storageFull, full, cause: cause)
        }
        return ServiceError(
            .internal,
            "The temporary file that audio in this format needs could not be written on the server: its temporary folder is "
                + "missing or closed to it (TMPDIR names another one). WAV and raw PCM need no temporary file.",
            cause: cause)
    }
}
