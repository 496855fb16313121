public import Foundation

/// A folder for one test, which is deleted with its owner: hold it in the suite, which lives as long as its test.
public final class TemporaryFolder: Sendable {
    /// Below the system's folder for temporary files; its name is never used twice.
    public let url = FileManager.default.temporaryDirectory.appending(path: "jarvis-test-\(UUID().uuidString)")

    public init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }
}
