public import BridgeSupport
package import Foundation

/// The file of keys on the disk; see ``KeyList`` for its text. Everything here blocks.
package struct KeyFile: Sendable {
    package let url: URL

    /// About 60,000 keys. A server that was given another file by mistake must not read all of it.
    private static let largestSize = 16 << 20

    package init(_ url: URL) { self.url = url }

    /// Whether there is anything at its place: a file that cannot be read counts, as its keys may keep strangers out.
    package var exists: Bool {
        var status = stat()
        return lstat(url.path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    /// Changes whenever the file does; nil if there is none.
    var stamp: String? { exists ? FileStamp.of(file: url) ?? "unreadable" : nil }

    /// nil if there is no file.
    ///
    /// - Throws: `invalid_request` if it cannot be read, or naming its first wrong line.
    package func read() throws(ServiceError) -> KeyList? {
        guard exists else { return nil }
        var status = stat()
        // Opening a pipe would wait for whoever writes into it.
        guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let file = FileHandle(forReadingAtPath: url.path),
            let data = try? file.read(upToCount: Self.largestSize + 1) ?? Data()
        else { throw error("cannot be read. Check that it is a file, its owner, and its permissions") }
        guard data.count <= Self.largestSize else {
            throw error("has more than 16 MiB, so that it is hardly one. Make it smaller")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw error("is not UTF-8 text, as keys are. Save it as such")
        }
        return try KeyList(text, path: url.path)
    }

    private func error(_ what: String) -> ServiceError {
        .invalid(Keys.keyFile.name, "The key file \(url.path) \(what), or name another one with \(Keys.keyFile.names).")
    }

    /// Changes the list, and puts it in the file's place in one step, so that a reader sees all of it or nothing. Only one process at a
    /// time does so; another waits.
    ///
    /// - Throws: `invalid_request` as ``read()`` does, or if the file cannot be written; what `change` throws.
    package func update<R>(_ change: (inout KeyList) throws(ServiceError) -> R) throws(ServiceError) -> R {
        // The file itself, where its name is a link to it.
        let place = url.resolvingSymlinksInPath()
        let folder = place.deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lock = try Self.open(place.appendingPathExtension("lock"), flags: O_RDWR | O_CREAT)
        // The system lets go of the lock with the descriptor, also when this process dies. The file stays: others may wait for it.
        defer { close(lock) }
        Self.giveAway(lock, like: place)
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Self.unwritable(place, Int(errno)) }
        }
        var list = KeyList()
        if let old = try read() { list = old }
        let result = try change(&list)
        try Self.write(list.text, to: place)
        return result
    }

    private static func write(_ text: String, to place: URL) throws(ServiceError) {
        let new = place.appendingPathExtension("new")
        // Left behind by a process that died; nobody else can be at it, as the lock is held.
        unlink(new.path)
        let descriptor = try open(new, flags: O_WRONLY | O_CREAT | O_EXCL)
        defer { unlink(new.path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
        } catch {
            throw unwritable(place, ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code)
        }
        giveAway(descriptor, like: place)
        guard rename(new.path, place.path) == 0 else { throw unwritable(place, Int(errno)) }
    }

    /// For its owner alone.
    private static func open(_ file: URL, flags: Int32) throws(ServiceError) -> Int32 {
        let descriptor = Foundation.open(file.path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(file, Int(errno)) }
        return descriptor
    }

    /// Gives what root has made to the owner of `place`, or of its folder: a server that runs as another user must be able to read it.
    private static func giveAway(_ descriptor: Int32, like place: URL) {
        var status = stat()
        guard geteuid() == 0,
            stat(place.path, &status) == 0 || stat(place.deletingLastPathComponent().path, &status) == 0
        else { return }
        _ = fchown(descriptor, status.st_uid, status.st_gid)
    }

    private static func unwritable(_ file: URL, _ code: Int?) -> ServiceError {
        let reason = code.map { " (\(String(cString: strerror(Int32($0)))))" } ?? ""
        return .invalid(
            Keys.keyFile.name,
            "\(file.path) cannot be written\(reason). Check the owner and permissions of its folder, or name another file with \(Keys.keyFile.names)."
        )
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
