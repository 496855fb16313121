import BridgeSupport
import Foundation

/// The record beside a model's files: where each came from and its digest, so that they can be checked later. While a
/// model is being downloaded it lists the files that are done.
struct Manifest: Codable, Sendable {
    struct File: Codable, Sendable {
        /// Below the model's directory.
        var path: String
        var size: Int64
        var sha256: String
        /// The URL, or what the file was made from.
        var source: String
    }

    static let fileName = "manifest.json"

    var id: String
    var service: ModelService
    /// See ``InstalledModel/source``; nil in manifests of earlier versions.
    var source: String?
    /// The commit of the hub's repository, or the digests of the wheels.
    var revision: String?
    var files: [File] = []

    /// The manifest in a model's directory; nil if there is none or it cannot be read.
    static func read(in directory: URL) -> Manifest? {
        guard let data = try? Data(contentsOf: directory.appending(path: fileName)),
            let manifest = try? JSONNode(parsing: [UInt8](data)).decode(Manifest.self),
            manifest.files.allSatisfy({ SafeName.isRelativePath($0.path) && $0.size >= 0 }),
            FileTools.sum(manifest.files.map(\.size)) != nil
        else { return nil }
        return manifest
    }

    func write(in directory: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: directory.appending(path: Self.fileName), options: .atomic)
    }

    func file(_ path: String) -> File? { files.first { $0.path == path } }

    /// The files that are missing or of another size than noted.
    func missing(in directory: URL) -> [File] {
        files.filter { FileTools.size(of: directory.appending(path: $0.path)) != $0.size }
    }
}
