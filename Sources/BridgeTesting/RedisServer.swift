public import Foundation
import Synchronization

/// A real Redis on a port of its own, which keeps nothing on disk. It ends with the object.
public final class RedisServer: Sendable {
    private struct NotStarted: Error, CustomStringConvertible {
        var log: String
        var description: String {
            "redis-server did not start; './jarvis test' installs it. It says: \(log)"
        }
    }

    /// On which it listens, also after a restart.
    public let port: Int
    private let arguments: [String]
    private let folder: TemporaryFolder
    private let process = Mutex<Process?>(nil)

    /// - Parameters:
    ///   - options: of `redis-server`, such as `--requirepass`.
    ///   - certificate: makes it speak TLS only.
    public init(_ options: [String] = [], certificate: TestCertificate? = nil) async throws {
        port = try Self.freePort()
        let (port, folder) = (port, try TemporaryFolder())
        self.folder = folder
        let ports =
            certificate.map {
                [
                    "--port", "0", "--tls-port", "\(port)", "--tls-cert-file", $0.certificate.path, "--tls-key-file",
                    $0.key.path, "--tls-ca-cert-file", $0.authority.path, "--tls-auth-clients", "no",
                ]
            } ?? ["--port", "\(port)"]
        arguments = ports + ["--bind", "127.0.0.1", "--save", "", "--dir", folder.url.path] + options
        try await start()
    }

    deinit { kill() }

    /// Starts it, empty, and returns once it listens.
    public func start() async throws {
        let log = folder.url.appending(path: "\(UUID().uuidString).log")
        try Data().write(to: log)
        let new = Process()
        new.executableURL = URL(filePath: "/usr/bin/env")
        new.arguments = ["redis-server"] + arguments + ["--logfile", log.path]
        (new.standardOutput, new.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try new.run()
        process.withLock { $0 = new }
        let text = { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
        try await waitUntil(every: .milliseconds(10)) {
            !new.isRunning || text().contains("Ready to accept connections")
        }
        guard new.isRunning else { throw NotStarted(log: text()) }
    }

    /// Ends it at once.
    public func kill() {
        guard let old = process.withLock({ $0.take() }) else { return }
        signal(old, SIGKILL)
        old.waitUntilExit()
    }

    /// Stops it where it stands: its connections stay open, and nothing is answered.
    public func freeze() { process.withLock { $0.map { signal($0, SIGSTOP) } } }

    /// Lets it go on.
    public func thaw() { process.withLock { $0.map { signal($0, SIGCONT) } } }

    private func signal(_ process: Process, _ number: Int32) {
        if process.isRunning { Foundation.kill(process.processIdentifier, number) }
    }

    /// A port on which nothing listens.
    public static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw NotStarted(log: "no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A certificate of an authority of its own, made by openssl.
public struct TestCertificate: Sendable {
    public let authority: URL
    public let certificate: URL
    public let key: URL
    private let folder: TemporaryFolder

    private struct NotMade: Error {}

    /// - Parameter name: whom it is for, as in `DNS:localhost` or `IP:127.0.0.1`.
    public init(for name: String) async throws {
        folder = try TemporaryFolder()
        let url = folder.url
        let place = { (name: String) in url.appending(path: name) }
        (authority, certificate, key) = (place("ca.pem"), place("server.pem"), place("server.key"))
        try await Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=Test authority", "-keyout", place("ca.key").path, "-out", authority.path,
        ])
        try await Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=Test server", "-addext", "subjectAltName=\(name)", "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", authority.path, "-CAkey", place("ca.key").path, "-keyout", key.path, "-out", certificate.path,
        ])
    }

    private static func openssl(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        try await waitUntil(every: .milliseconds(10)) { !process.isRunning }
        guard process.terminationStatus == 0 else { throw NotMade() }
    }
}
