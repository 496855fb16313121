import BridgeSupport
import Foundation
import SystemPackage

/// A temporary file without a name, which vanishes with the value and with the process.
///
/// FFmpeg gets one as its standard input or output where it has to seek: the index of many MP4 files is at their end,
/// and the headers of MP3 and FLAC are completed last.
final class ScratchFile: Sendable {
    let descriptor: FileDescriptor

    /// - Throws: `internal` when the temporary folder can't be written to.
    init(holding bytes: [UInt8] = []) throws {
        let name = "jarvis-audio-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw Self.failure(error)
        }
        do {
            try FileManager.default.removeItem(atPath: path)
            try descriptor.writeAll(bytes)
            try descriptor.seek(offset: 0, from: .start)
        } catch {
            try? descriptor.close()
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

    private static func failure(_ cause: any Error) -> ServiceError {
        ServiceError(
            .internal,
            "A temporary file for audio could not be written in \(FileManager.default.temporaryDirectory.path) on the server; its disk may be full (TMPDIR names another place).",
            cause: cause)
    }
}
