import AsyncHTTPClient
import BridgeSupport
import Logging
import NIOCore
import NIOHTTP1
import WorkScheduling

/// Sends requests to Ollama over pooled connections and returns lines. Knows HTTP, silence and broken connections,
/// but not the contents of the lines.
struct OllamaTransport: Sendable {
    let http: HTTPClient
    let bodies: AnswerBodies
    let settings: OllamaClient.Settings
    let clock: any Clock<Duration>
    let logger: Logger

    private static let maxErrorBytes = 64 << 10

    // MARK: Streams

    /// Posts `body` and has `consume` take the lines of the answer. Lines that it leaves unread are discarded with the connection.
    ///
    /// - Throws: `ServiceError`, `CancellationError` (the connection is closed then), or what `consume` throws.
    func withLines<Result: Sendable>(
        _ path: String, body: ByteBuffer, failure: OllamaFailure,
        _ consume: @escaping @Sendable (OllamaLines) async throws -> Result
    ) async throws -> Result {
        try await Stage.upstream.measure(facts(.POST, path)) {
            try await exchange(path, body: body, failure: failure, consume)
        }
    }

    private func exchange<Result: Sendable>(
        _ path: String, body: ByteBuffer, failure: OllamaFailure,
        _ consume: @escaping @Sendable (OllamaLines) async throws -> Result
    ) async throws -> Result {
        let request = request(path, body: body)
        let watch = SilenceWatch(
            clock: clock, limit: settings.firstByteTimeout,
            shortest: min(settings.idleTimeout, OllamaLines.drainLimit))
        // One child task reads and consumes, without a hop between the two; the other one watches.
        let result = try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let lines = try await open(request, watch: watch, failure: failure)
                let result = try await consume(lines)
                if lines.isComplete { await drain(lines, of: path) }
                return result
            }
            group.addTask {
                let (limit, phase) = try await watch.silence()
                // The answer is complete; its connection is just not used again.
                if phase == .end { return nil }
                throw failure.silent(for: limit, started: phase == .lines)
            }
            while let first = try await group.next() {
                if let result = first { return result }
                group.cancelAll()
            }
            throw CancellationError()
        }
        try Task.checkCancellation()
        return result
    }

    private func open(
        _ request: HTTPClientRequest, watch: SilenceWatch, failure: OllamaFailure
    ) async throws -> OllamaLines {
        do {
            let (response, body) = try await retryingOnce { try await executeStream(request) }
            watch.listen(for: .head, settings.idleTimeout)
            guard response.status == .ok else { throw await error(of: response, failure) }
            watch.heard()
            return OllamaLines(body, of: response, settings: settings, watch: watch, failure: failure)
        } catch {
            throw failure.transport(error, started: false)
        }
    }

    private func drain(_ lines: OllamaLines, of path: String) async {
        do {
            try await lines.drain()
        } catch {
            logger.debug("Ollama did not end a complete answer properly", metadata: ["path": "\(path)"])
        }
    }

    // MARK: Single answers

    /// Gets a whole JSON answer, or posts `body` to get one.
    ///
    /// - Parameter method: of a request with a body; another one than POST.
    func fetch(
        _ path: String, body: ByteBuffer? = nil, method: HTTPMethod? = nil, limit: Duration, failure: OllamaFailure
    ) async throws -> ByteBuffer {
        try await Stage.upstream.measure(facts(method ?? (body == nil ? .GET : .POST), path)) {
            try await answer(path, body: body, method: method, limit: limit, failure: failure)
        }
    }

    private func answer(
        _ path: String, body: ByteBuffer?, method: HTTPMethod?, limit: Duration, failure: OllamaFailure
    ) async throws -> ByteBuffer {
        let request = request(path, body: body, method: method)
        let maxBytes = settings.maxLineBytes
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    let response = try await retryingOnce { try await execute(request) }
                    guard response.status == .ok else { throw await error(of: response, failure) }
                    return try await response.body.collect(upTo: maxBytes)
                } catch is NIOTooManyBytesError {
                    throw failure.lineTooLong(maxBytes)
                } catch {
                    throw failure.transport(error, started: false)
                }
            }
            group.addTask {
                try await clock.sleep(for: limit)
                throw failure.unresponsive(for: limit)
            }
            guard let body = try await group.next() else { throw CancellationError() }
            return body
        }
    }

    // MARK: Parts

    /// The paths are Ollama's own, and name nothing of a request.
    private func facts(_ method: HTTPMethod, _ path: String) -> StageFacts {
        [
            "http.request.method": .text(method.rawValue), "server.address": .text(settings.address.host),
            "server.port": .number(settings.address.port), "url.path": .text(path),
        ]
    }

    private func request(_ path: String, body: ByteBuffer?, method: HTTPMethod? = nil) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: settings.address.url + path)
        if let trace = Stage.meter?.trace {
            request.headers.add(name: "traceparent", value: trace.parent)
            if let state = trace.state { request.headers.add(name: "tracestate", value: state) }
        }
        guard let body else { return request }
        request.method = method ?? .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/x-ndjson, application/json")
        request.body = .bytes(body)
        return request
    }

    /// A pooled connection may turn out to be closed when it is used. The server has then seen nothing of the request, so that one
    /// more try on a fresh connection is safe. When a connection closes later, the request itself may have crashed the server, and
    /// must not be run twice.
    private func retryingOnce<Response>(_ execute: () async throws -> Response) async throws -> Response {
        do {
            return try await execute()
        } catch  where OllamaFailure.wasNeverSent(error) {
            try Task.checkCancellation()
            logger.debug("A connection to Ollama was closed before it was used again; trying once more")
            return try await execute()
        }
    }

    /// The bytes of a successful answer come in the ``AnswerBody``.
    private func executeStream(_ request: HTTPClientRequest) async throws -> (HTTPClientResponse, AnswerBody) {
        let body = AnswerBody()
        let number = bodies.expect(body)
        // Of a request that was never written.
        defer { bodies.take(number) }
        var request = request
        request.headers.add(name: AnswerBodies.header, value: number)
        return (try await execute(request), body)
    }

    private func execute(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        // The time limits are our own (silence, connect); the client's deadline is a formality.
        try await http.execute(request, deadline: .now() + .hours(24), logger: nil)
    }

    private func error(of response: HTTPClientResponse, _ failure: OllamaFailure) async -> ServiceError {
        // An error's text is optional: without it the status has to do.
        let body = try? await response.body.collect(upTo: Self.maxErrorBytes)
        let message = body.flatMap { try? OllamaErrorBody($0) }?.message
        return failure.status(response.status, headers: response.headers, message: message)
    }
}
