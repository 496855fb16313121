public import BridgeSupport
package import Foundation

/// The file of keys on the disk; see ``KeyList`` for its text. Everything here blocks.
package struct KeyFile: Sendable {
    package let url: URL

    /// About 60,000 keys.
    private static let largestSize = 16 << 20

    package init(_ url: URL) { self.url = url }

    var file: SharedFile {
        SharedFile(
            url: url, title: "key file", key: Keys.keyFile, largestSize: Self.largestSize, isSecret: true,
            unwritable: .invalidRequest)
    }

    /// Whether there is anything at its place: a file that cannot be read counts, as its keys may keep strangers out.
    package var exists: Bool { file.exists }

    /// nil if there is no file.
    ///
    /// - Throws: `invalid_request` if it cannot be read, or naming its first wrong line.
    package func read() throws(ServiceError) -> KeyList? {
        guard let text = try file.read() else { return nil }
        return try KeyList(text, path: url.path)
    }

    /// Changes the list, and puts it in the file's place in one step; see ``SharedFile/update(_:)``.
    ///
    /// - Throws: `invalid_request` as ``read()`` does, or if the file cannot be written; what `change` throws.
    package func update<R>(_ change: (inout KeyList) throws(ServiceError) -> R) throws(ServiceError) -> R {
        try file.update { text throws(ServiceError) in
            var list = try text.map { text throws(ServiceError) in try KeyList(text, path: url.path) } ?? KeyList()
            let result = try change(&list)
            return (list.text, result)
        }
    }
}

extension BridgeConfiguration {
    /// Where the keys are, or would be.
    package var keyFile: KeyFile {
        let configured = self[Keys.keyFile]
        return KeyFile(
            configured.isEmpty
                ? BridgeServices.dataDirectory(self).appending(path: "keys.jsonl") : URL(filePath: configured))
    }

    /// Whether a request must carry a key, as things stand now.
    public var asksForKey: Bool { !self[Keys.apiKeys].isEmpty || !self[Keys.keyFile].isEmpty || keyFile.exists }

    /// - Throws: `invalid_request` if everybody on the network could use the server though nobody has said so, or if the key file is
    ///   missing or wrong.
    public func checkAccess() throws(ServiceError) {
        if isOpen, !self[Keys.openToAll] {
            throw .invalid(
                Keys.host.name,
                "Other machines may reach \(host), and this server has no keys. Make one with '\(CommandName.current) keys add NAME', or say that everybody may use it: \(Keys.openToAll.name): true (\(Keys.openToAll.setting.environmentName))."
            )
        }
        _ = try KeyRing(self)
    }
}
