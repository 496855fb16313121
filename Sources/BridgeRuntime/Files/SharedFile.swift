import BridgeSupport
import Foundation

/// A small text that a server reads and that commands, clients and people change, each while others do. Everything here blocks.
struct SharedFile: Sendable {
    let url: URL
    /// What errors call it: "key file".
    let title: String
    /// The setting that names another one.
    let key: Key<String>
    /// Bytes. A server that was given another file by mistake must not read all of it.
    let largestSize: Int
    /// Whether it is closed to all but its owner each time it is written. Another one begins like that, and stays as open as people make it.
    let isSecret: Bool
    /// The code of the error where it cannot be written: the user's mistake, or the server's fault.
    let unwritable: ServiceError.Code

    /// Whether there is anything at its place: a file that cannot be read counts, as what it says may matter.
    var exists: Bool {
        var status = stat()
        return lstat(url.path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    /// Changes whenever the file does; nil if there is none.
    var stamp: String? { exists ? FileStamp.of(file: url) ?? "unreadable" : nil }

    /// nil if there is no file.
    ///
    /// - Throws: `invalid_request` if it cannot be read.
    func read() throws(ServiceError) -> String? {
        guard exists else { return nil }
        var status = stat()
        // Opening a pipe would wait until something writes into it.
        guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let file = FileHandle(forReadingAtPath: url.path),
            let data = try? file.read(upToCount: largestSize + 1) ?? Data()
        else { throw error("cannot be read. Check that it is a file, its owner, and its permissions") }
        guard data.count <= largestSize else {
            throw error("has more than \(largestSize >> 20) MiB, so that it is hardly one. Make it smaller")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line =
                lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { " in line \($0 + 1)" } ?? ""
            throw error("is not UTF-8 text\(line). Save it as such")
        }
        return text
    }

    private func error(_ what: String) -> ServiceError {
        .invalid(key.name, "The \(title) \(url.path) \(what), or name another one with \(key.names).")
    }

    /// Puts another text in the place of the file in one step, so that a reader sees all of it or nothing. Only one process at a time
    /// does so; another waits.
    ///
    /// - Parameter change: makes the new text from the old one, which is nil if there is no file.
    /// - Throws: what ``read()`` throws, what `change` throws, or an error if the file cannot be written.
    func update<R>(_ change: (String?) throws(ServiceError) -> (text: String, R)) throws(ServiceError) -> R {
        // The file itself, where its name is a link to it.
        let place = url.resolvingSymlinksInPath()
        let folder = place.deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lock = try open(place.appendingPathExtension("lock"), flags: O_RDWR | O_CREAT)
        // The system lets go of the lock with the descriptor, also when this process dies. The file stays: others may wait for it.
        defer { close(lock) }
        Self.giveAway(lock, like: place)
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw unwritable(place, Int(errno)) }
        }
        let old: String?
        do { old = try read() } catch {
            // It is not what was asked for that is wrong.
            throw ServiceError(unwritable, error.message, param: error.param)
        }
        let (text, result) = try change(old)
        try write(text, to: place)
        return result
    }

    private func write(_ text: String, to place: URL) throws(ServiceError) {
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
        Self.giveAway(descriptor, like: place)
        var status = stat()
        if !isSecret, stat(place.path, &status) == 0 { _ = fchmod(descriptor, status.st_mode & 0o777) }
        guard rename(new.path, place.path) == 0 else { throw unwritable(place, Int(errno)) }
    }

    private func open(_ file: URL, flags: Int32) throws(ServiceError) -> Int32 {
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

    private func unwritable(_ file: URL, _ code: Int?) -> ServiceError {
        let reason = code.map { " (\(String(cString: strerror(Int32($0)))))" } ?? ""
        return ServiceError(
            code == Int(ENOSPC) && unwritable != .invalidRequest ? .storageFull : unwritable,
            "\(file.path) cannot be written\(reason). Check the owner and permissions of its folder, or name another file with \(key.names).",
            param: key.name)
    }
}

/// What a running server reads again when its file changes.
protocol ReloadedFile: Sendable {
    var source: SharedFile { get }
    /// For the log, in the plural: "keys".
    var contents: String { get }
    /// Notes the stamp of the file as it is looked at now.
    ///
    /// - Returns: that of the look before.
    func note(_ stamp: String?) -> String?
    /// Reads the file. Blocks.
    ///
    /// - Parameter wasThere: at the look before.
    /// - Throws: what is wrong with it; what was known before has stayed.
    func reload(wasThere: Bool) throws(ServiceError) -> FileLook
}

extension ReloadedFile {
    /// Reads the file if it has changed since the last look, or in any case if `always`. Blocks; for one task at a time.
    func look(always: Bool) -> FileLook {
        // The stamp comes first: a change after it is seen by the next look.
        let stamp = source.stamp
        let known = note(stamp)
        guard always || stamp != known else { return .unchanged }
        do { return try reload(wasThere: known != nil) } catch { return .failed(error) }
    }
}

/// What came of a look at a file.
enum FileLook: Sendable {
    case unchanged
    /// The number of things in it.
    case read(Int)
    /// What was known before stays.
    case failed(ServiceError)
}
