import BridgeSupport
import Foundation

/// A log file that is rotated when it is full or when a day is over (UTC), compressed, with the newest few kept.
///
/// Not thread-safe: a ``LogSink`` calls it from its queue only. The caller passes the time, so that tests need no midnight.
final class RotatingLogFile {
    struct Policy: Sendable {
        /// Bytes; the file is rotated before it would grow past this.
        var maximumBytes: Int
        /// Whether the file is rotated at midnight UTC as well.
        var isDaily: Bool
        /// Whether rotated files are compressed with gzip.
        var compresses: Bool
        /// How many rotated files are kept.
        var kept: Int
    }

    private let url: URL
    private let policy: Policy
    private var handle: FileHandle?
    private var size = 0
    private var day = ""
    private var isFailing = false
    private let compress: (@escaping @Sendable () -> Void) -> Void
    private let complain: (String) -> Void

    /// Opens the file to append to what it already holds.
    ///
    /// - Parameters:
    ///   - compress: runs the compression of a file on a thread where it delays no line: it takes half a second.
    ///   - complain: gets a sentence when lines begin to be lost, once until they can be written again.
    /// - Throws: `invalid_request` naming `log.file` when it cannot be written.
    init(
        path: String, policy: Policy, now: Date = Date(),
        compress: @escaping (@escaping @Sendable () -> Void) -> Void, complain: @escaping (String) -> Void = { _ in }
    ) throws {
        self.compress = compress
        self.complain = complain
        url = URL(filePath: path).absoluteURL
        self.policy = policy
        try open(now)
    }

    /// Appends lines, rotating the file before each that would not fit. When the disk is full they are lost, not the server.
    func write(_ lines: LogLines, now: Date = Date()) {
        if policy.isDaily && size > 0 && Self.day(now) != day { rotate(now) }
        var next = 0
        while next < lines.count {
            var piece = lines.piece(from: next, upTo: policy.maximumBytes - size)
            if size > 0, size + piece.bytes.count > policy.maximumBytes {
                rotate(now)
                piece = lines.piece(from: next, upTo: policy.maximumBytes - size)
            }
            write(piece.bytes, now)
            next = piece.next
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ now: Date) {
        do {
            if handle == nil { try open(now) }
            try handle?.write(contentsOf: bytes)
            size += bytes.count
            isFailing = false
        } catch {
            try? handle?.close()
            handle = nil
            if !isFailing {
                complain("The log file \(url.path) cannot be written, so its lines are lost; is the disk full?")
            }
            isFailing = true
        }
    }

    private func open(_ now: Date) throws {
        let files = FileManager.default
        do {
            try files.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            if !files.fileExists(atPath: url.path) {
                // Only this user and group may read it.
                guard files.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o640]) else {
                    throw CocoaError(.fileWriteNoPermission)
                }
            }
            let attributes = try files.attributesOfItem(atPath: url.path)
            let opened = try FileHandle(forWritingTo: url)
            size = Int(try opened.seekToEnd())
            // A file from yesterday is rotated at the first line of today.
            day = Self.day(size > 0 ? attributes[.modificationDate] as? Date ?? now : now)
            handle = opened
        } catch {
            throw ServiceError(
                .invalidRequest,
                "The log file \(url.path) cannot be written. Check its folder and permissions, or change \(Keys.logFile.name).",
                param: Keys.logFile.name, cause: error)
        }
    }

    private func rotate(_ now: Date) {
        try? handle?.close()
        handle = nil
        let aside = newName(now)
        // If it cannot be moved, writing continues in the same file: a log that is too long is better than no log.
        if policy.kept > 0 {
            if (try? FileManager.default.moveItem(at: url, to: aside)) != nil, policy.compresses {
                compress { Self.compress(aside) }
            }
        } else {
            try? FileManager.default.removeItem(at: url)
        }
        removeOldest()
        try? open(now)
    }

    /// `jarvis.log.20261123-063012.000`; the count increases within a second, so that names sort by age.
    private func newName(_ now: Date) -> URL {
        let digits = LogLine.timestamp(now).prefix(19).filter(\.isNumber)
        let prefix = "\(url.lastPathComponent).\(digits.prefix(8))-\(digits.suffix(6))."
        let counts = putAside().filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count).prefix(3)) }
        let count = String((counts.max() ?? -1) + 1)
        return folder.appending(path: prefix + String(repeating: "0", count: max(0, 3 - count.count)) + count)
    }

    private var folder: URL { url.deletingLastPathComponent() }

    /// The names of the rotated files, oldest first.
    private func putAside() -> [String] {
        let prefix = url.lastPathComponent + "."
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
            .filter { $0.hasPrefix(prefix) && $0.dropFirst(prefix.count).first?.isNumber == true }.sorted()
    }

    private func removeOldest() {
        for name in putAside().dropLast(policy.kept) {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

    private static func day(_ time: Date) -> String { String(LogLine.timestamp(time).prefix(10)) }

    /// Replaces `file` by `file.gz`; if that fails, or the process ends, `file` stays. A missing file was old enough to be deleted.
    private static func compress(_ file: URL) {
        let files = FileManager.default
        // It does not count as a rotated file until it is complete.
        let partial = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).gz")
        guard Compression.gzip(file, to: partial), files.fileExists(atPath: file.path) else {
            try? files.removeItem(at: partial)
            return
        }
        try? files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: partial.path)
        guard (try? files.moveItem(at: partial, to: file.appendingPathExtension("gz"))) != nil else { return }
        try? files.removeItem(at: file)
    }
}
