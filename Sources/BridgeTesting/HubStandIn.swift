import Crypto
import Foundation
public import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A hub on this machine that answers as its test says and records the requests.
public final class HubStandIn: Sendable {
    /// A request.
    public struct Asked: Sendable {
        /// "GET", "HEAD".
        public var method: String
        /// Without the query.
        public var path: String
        /// All that the client sent.
        public var headers: HTTPFields

        /// The value of a header, whatever its case.
        public subscript(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    }

    /// Its answer, true or not.
    public struct Reply: Sendable {
        /// 200, unless a test says otherwise.
        public var status: Int
        /// In addition to the headers that any server sends.
        public var headers: [String: String]
        /// All of it, even if it is cut or hidden.
        public var body: [UInt8]
        /// The value of Content-Length, if that is not the truth.
        public var declaredLength: Int?
        /// Closes the connection after this many bytes, though the headers promised all.
        public var cutAfter: Int?
        /// After the bytes before the cut nothing comes until the client goes away.
        public var stalls: Bool
        /// Sends chunks, and no Content-Length.
        public var hidesLength: Bool

        public init(
            status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], declaredLength: Int? = nil,
            cutAfter: Int? = nil, stalls: Bool = false, hidesLength: Bool = false
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.declaredLength = declaredLength
            self.cutAfter = cutAfter
            self.stalls = stalls
            self.hidesLength = hidesLength
        }

        /// An answer without a body.
        public static func status(_ status: Int, _ headers: [String: String] = [:]) -> Reply {
            Reply(status: status, headers: headers)
        }
    }

    /// Answers one request; the number tells how many came for its path before.
    public typealias Handler = @Sendable (_ asked: Asked, _ earlierForThisPath: Int) async -> Reply

    /// The value for HF_ENDPOINT.
    public let endpoint: String
    private let log: RequestLog

    /// All requests so far, in order of arrival.
    public var asked: [Asked] { log.entries.withLock { $0 } }
    /// Requests whose path ends like this.
    public func asked(_ end: String) -> [Asked] { asked.filter { $0.path.hasSuffix(end) } }

    private final class RequestLog: Sendable {
        let entries = Mutex<[Asked]>([])
    }

    private init(port: Int, log: RequestLog) {
        endpoint = "http://127.0.0.1:\(port)"
        self.log = log
    }

    /// Answers with `handler` as long as `body` runs.
    ///
    /// - Parameter trees: answers for the lists of the repositories' files; a mirror need not have them.
    public static func run<Result: Sendable>(
        trees: @escaping Handler = { _, _ in .status(404) }, _ handler: @escaping Handler,
        _ body: @Sendable (HubStandIn) async throws -> Result
    ) async throws -> Result {
        let log = RequestLog()
        let (ports, announcePort) = AsyncStream.makeStream(of: Int.self)
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            let asked = Asked(method: request.method.rawValue, path: request.uri.path, headers: request.headers)
            let earlier = log.entries.withLock { entries in
                defer { entries.append(asked) }
                return entries.filter { $0.path == asked.path }.count
            }
            let isTree = asked.path.hasPrefix("/api/models/")
            return response(await (isTree ? trees : handler)(asked, earlier))
        }
        var logger = Logger(label: "hub stand-in")
        logger.logLevel = .critical
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { announcePort.yield($0.localAddress?.port ?? 0) }, logger: logger)
        // Stopped gracefully: cancelling a server while it accepts a connection trips an assertion of NIO.
        var settings = ServiceGroupConfiguration(services: [application], logger: logger)
        settings.maximumGracefulShutdownDuration = .seconds(2)
        let server = ServiceGroup(configuration: settings)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            let outcome: Swift.Result<Result, any Error>
            do {
                var ports = ports.makeAsyncIterator()
                guard let port = await ports.next() else { throw CancellationError() }
                outcome = .success(try await body(HubStandIn(port: port, log: log)))
            } catch {
                outcome = .failure(error)
            }
            await server.triggerGracefulShutdown()
            try await group.waitForAll()
            return try outcome.get()
        }
    }

    private static func response(_ reply: Reply) -> Response {
        var fields = HTTPFields()
        for (name, value) in reply.headers { HTTPField.Name(name).map { fields[$0] = value } }
        let sent = reply.cutAfter.map { Array(reply.body.prefix($0)) } ?? reply.body
        let length = reply.hidesLength ? nil : reply.declaredLength ?? reply.body.count
        let body = ResponseBody(contentLength: length) { writer in
            // In pieces, so that a test can cancel in the middle.
            for start in stride(from: 0, to: sent.count, by: 4096) {
                try await writer.write(ByteBuffer(bytes: sent[start..<min(start + 4096, sent.count)]))
            }
            if reply.stalls { try await Task.sleep(for: .seconds(3600)) }
            if sent.count < reply.body.count { throw CancellationError() }
            try await writer.finish(nil)
        }
        return Response(status: .init(code: reply.status), headers: fields, body: body)
    }
}

extension HubStandIn.Reply {
    /// A file as the content host sends it: ranges that a client asks for with the right If-Range, else the whole.
    public static func file(_ body: [UInt8], etag: String, asked: HubStandIn.Asked, cutAfter: Int? = nil) -> Self {
        guard let range = asked["range"], asked["if-range"] == etag,
            let start = Int(range.dropFirst("bytes=".count).dropLast()), start < body.count
        else { return Self(headers: ["ETag": etag], body: body, cutAfter: cutAfter) }
        return Self(
            status: 206, headers: ["ETag": etag, "Content-Range": "bytes \(start)-\(body.count - 1)/\(body.count)"],
            body: Array(body[start...]), cutAfter: cutAfter)
    }

    /// As the hub serves small files: the ETag is Git's blob id.
    public static func small(_ body: [UInt8], commit: String = Samples.commit) -> Self {
        Self(headers: ["ETag": "\"\(Samples.gitBlob(body))\"", "X-Repo-Commit": commit], body: body)
    }

    /// As the hub answers for large files: elsewhere, with size and SHA-256.
    public static func linked(_ body: [UInt8], at location: String, commit: String = Samples.commit) -> Self {
        .status(
            302,
            [
                "Location": location, "X-Linked-Size": "\(body.count)", "X-Linked-Etag": "\"\(Samples.sha256(body))\"",
                "X-Repo-Commit": commit,
            ])
    }
}

/// Files for the stand-in to serve, and their digests.
public enum Samples {
    /// A commit, as hubs name it.
    public static let commit = "0123456789abcdef0123456789abcdef01234567"
    /// Bytes without a pattern in which a wrong offset could hide.
    public static let large: [UInt8] = {
        var state: UInt64 = 42
        return (0..<200_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }()
    /// The configuration of a voice: a file that comes in one piece.
    public static let small = Array("{\"audio\":{\"sample_rate\":22050}}".utf8)

    /// In hexadecimal digits, as hubs write it.
    public static func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }
    /// In hexadecimal digits, as catalogues write it.
    public static func md5(_ bytes: [UInt8]) -> String { hexadecimal(Insecure.MD5.hash(data: bytes)) }
    /// In hexadecimal digits: SHA-1 of the bytes behind Git's header.
    public static func gitBlob(_ bytes: [UInt8]) -> String {
        hexadecimal(Insecure.SHA1.hash(data: Array("blob \(bytes.count)\0".utf8) + bytes))
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
