import BridgeSupport
import Foundation

/// Why a file or standard output could not be written, in helpful words.
enum OutputFailure {
    /// - Parameters:
    ///   - target: the path, or "Standard output".
    static func error(_ error: any Error, to target: String) -> ServiceError {
        ServiceError(.invalidRequest, "\(target) could not be written: \(reason(error, target)).", cause: error)
    }

    /// The system's error number beneath Foundation's own errors; nil if there is none.
    static func code(of error: any Error) -> Int32? {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        return (error.userInfo[NSUnderlyingErrorKey] as? any Error).flatMap(code)
    }

    private static func reason(_ error: any Error, _ target: String) -> String {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: target, isDirectory: &isFolder), isFolder.boolValue {
            return "it is a folder; name a file in it"
        }
        // Writing in one step needs a second file in the same folder: Foundation's message about that one does not help.
        let folder = URL(filePath: target).deletingLastPathComponent().path
        if target.contains("/"), access(folder, F_OK) != 0 {
            return errno == EACCES ? "you may not read the folder \(folder)" : "there is no folder \(folder)"
        }
        return code(of: error).map(words)
            ?? error.localizedDescription.trimmingCharacters(in: CharacterSet(charactersIn: "."))
    }

    /// The meaning of a system error number for something that was to be written.
    static func words(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "the disk is full"
        case EACCES, EPERM, EROFS: "you may not write there"
        default: unsafe String(cString: strerror(code)).lowercased()
        }
    }
}
