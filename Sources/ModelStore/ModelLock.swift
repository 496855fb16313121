import BridgeSupport
import Foundation
import SystemPackage

/// Keeps two processes, or two tasks of one, from writing the same model. The system releases it when its holder dies. The
/// lock file stays: deleting it while another waits on it would let two hold "the" lock. Released with the last reference.
final class ModelLock: Sendable {
    private let descriptor: FileDescriptor

    /// nil if somebody else holds it.
    static func tryLock(_ file: URL) throws -> ModelLock? {
        try FileTools.createDirectory(file.deletingLastPathComponent())
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(file.path), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw HubErrors.cannotWrite(file.deletingLastPathComponent(), cause: error)
        }
        // flock belongs to the open file, not to the process: it works between two tasks of one process as well.
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let reason = Errno(rawValue: errno)
            try? descriptor.close()
            if reason == .wouldBlock { return nil }
            throw HubErrors.cannotWrite(file.deletingLastPathComponent(), cause: reason)
        }
        return ModelLock(descriptor: descriptor)
    }

    private init(descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }
}
