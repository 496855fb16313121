import AsyncHTTPClient
import BridgeTesting
import Foundation
import NIOCore
import NIOHTTP1
import NIOFoundationCompat
import Testing

/// The program that users start, as a process of its own.
struct Program {
    /// Beside the test bundle, where the package manager puts it.
    static let path: String = {
        let beside = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])).deletingLastPathComponent()
        let candidates = [
            beside, URL(filePath: FileManager.default.currentDirectoryPath).appending(path: ".build/debug"),
        ]
        return candidates.map { $0.appending(path: "jarvis-bridges").path }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
            ?? "jarvis-bridges is not built"
    }()

    struct Outcome {
        var status: Int32
        var output: Data
        var errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a command of the program, or another program, to its end.
    static func run(
        _ arguments: [String], at program: String = path, environment changes: [String: String] = [:],
        input: String? = nil
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = TestData.environment(changes)
        // A file, not a pipe: a pipe that nobody drains would stop a talkative program.
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = temporary.url
        process.currentDirectoryURL = folder
        let (out, err) = (folder.appending(path: "out"), folder.appending(path: "err"))
        for file in [out, err] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        let standardInput = folder.appending(path: "in")
        try Data((input ?? "").utf8).write(to: standardInput)
        process.standardInput = try FileHandle(forReadingFrom: standardInput)
        try await process.runToEnd()
        return Outcome(
            status: process.terminationStatus, output: try Data(contentsOf: out),
            errors: String(decoding: try Data(contentsOf: err), as: UTF8.self))
    }
}

extension Process {
    /// Runs to the end without blocking a thread: on two cores, two blocked threads are all that the tests have.
    func runToEnd() async throws {
        try run()
        try await waitUntil(every: .milliseconds(20)) { !isRunning }
    }
}

/// A server started as users start it, on a free port.
final class RunningServer {
    let process = Process()
    let base: String
    private let folder: TemporaryFolder
    private let log: URL

    /// Starts the server and waits until it answers.
    init(environment changes: [String: String] = [:]) async throws {
        let port = try RedisServer.freePort()
        base = "http://127.0.0.1:\(port)"
        folder = try TemporaryFolder()
        log = folder.url.appending(path: "server.log")
        try Data().write(to: log)
        process.executableURL = URL(filePath: Program.path)
        process.arguments = ["serve", "--port", "\(port)"]
        // What requests in raw bytes call the server.
        process.environment = TestData.environment(["JARVIS_ALLOWED_HOSTS": "a"].merging(changes) { $1 })
        process.currentDirectoryURL = folder.url
        let handle = try FileHandle(forWritingTo: log)
        (process.standardOutput, process.standardError) = (handle, handle)
        try process.run()
        for _ in 0..<600 {
            if let (status, _, _) = try? await request("/ready"), status == 200 { return }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        process.terminate()
        Issue.record("The server did not become ready: \(logText)")
        throw CancellationError()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// SIGTERM, and the exit status.
    func stop() async throws -> Int32 {
        process.terminate()
        try await waitUntil(every: .milliseconds(20)) { !process.isRunning }
        return process.terminationStatus
    }

    /// One request: status, headers, body.
    func request(
        _ path: String, method: String = "GET", headers: [String: String] = [:], body: Data? = nil
    ) async throws -> (Int, [String: String], Data) {
        var request = HTTPClientRequest(url: base + path)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(data: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let data = Data(buffer: try await response.body.collect(upTo: 64 << 20))
        let fields = Dictionary(
            response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        return (Int(response.status.code), fields, data)
    }

    /// The status of a GET that may run beside others.
    static func status(of url: URL) async throws -> Int {
        let request = HTTPClientRequest(url: url.absoluteString)
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code)
    }

    /// A POST without a body that may run beside others: its status and its answer.
    static func post(_ url: String, headers: [String: String]) async throws -> (Int, String) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    /// A JSON request and its JSON answer.
    func json(_ path: String, _ body: String) async throws -> (status: Int, object: [String: Any]) {
        let (status, _, data) = try await request(
            path, method: "POST", headers: ["Content-Type": "application/json"], body: Data(body.utf8))
        return (status, try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:])
    }
}
