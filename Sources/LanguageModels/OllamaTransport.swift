import AsyncAlgorithms
import AsyncHTTPClient
import BridgeSupport
import Logging
import NIOCore
import NIOHTTP1

/// Sends requests to Ollama over pooled connections and hands back lines. Knows HTTP, silence and broken connections;
/// knows nothing of what the lines say.
struct OllamaTransport: Sendable {
    let http: HTTPClient
    let settings: OllamaClient.Settings
    let clock: any Clock<Duration>
    let logger: Logger

    /// How long a finished answer may take to end its connection's turn, so that it can be used again.
    private static let drainLimit = Duration.seconds(2)
    private static let maxErrorBytes = 64 << 10

    // MARK: Streams

    /// Posts `body` and calls `consume` with each line as it arrives, until it returns true.
    ///
    /// - Throws: `ServiceError`, `CancellationError` (the connection is closed then), or what `consume` throws.
    func stream(
        _ path: String, body: ByteBuffer, failure: OllamaFailure, consume: (ByteBuffer) async throws -> Bool
    ) async throws {
        try await stream(path, body: body, failure: failure, clock: clock, consume: consume)
    }

    private func stream<C: Clock>(
        _ path: String, body: ByteBuffer, failure: OllamaFailure, clock: C,
        consume: (ByteBuffer) async throws -> Bool
    ) async throws where C.Duration == Duration {
        let request = request(path, body: body)
        let answer = Answer(
            request: request, failure: failure,
            watch: SilenceWatch(
                clock: clock, limit: settings.firstByteTimeout, shortest: min(settings.idleTimeout, Self.drainLimit)))
        var isComplete = false
        do {
            // Children read and watch; `consume` stays here, with the caller's task and its cancellation.
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { await read(answer) }
                group.addTask { await watch(answer) }
                for try await line in answer.lines where !isComplete {
                    isComplete = try await consume(line)
                    // What follows is only the end of the body; reading it keeps the connection for the next request.
                    if isComplete { answer.isComplete() }
                }
            }
        } catch  where isComplete && !(error is CancellationError) {
            logger.debug("Ollama did not end a complete answer properly", metadata: ["path": "\(path)"])
        }
        try Task.checkCancellation()
        if !isComplete { throw failure.endedEarly() }
    }

    /// One answer under way.
    private struct Answer<C: Clock>: Sendable where C.Duration == Duration {
        let request: HTTPClientRequest
        let failure: OllamaFailure
        let watch: SilenceWatch<C>
        /// Hands lines over one by one, so that a slow listener slows the server down.
        let lines = AsyncThrowingChannel<ByteBuffer, any Error>()
        let phase = AnswerPhase()

        func isComplete() { phase.set(.complete) }
    }

    private func read<C: Clock>(_ answer: Answer<C>) async {
        do {
            let response = try await executeWithOneRetry(answer.request)
            answer.watch.listen(settings.idleTimeout)
            guard response.status == .ok else { throw await error(of: response, answer.failure) }
            answer.phase.set(.started)
            try await forwardLines(of: response, answer)
            answer.lines.finish()
        } catch is NDJSONLineBuffer.LineTooLong {
            answer.lines.fail(answer.failure.lineTooLong(settings.maxLineBytes))
        } catch {
            answer.lines.fail(answer.failure.transport(error, started: answer.phase.hasStarted))
        }
    }

    private func forwardLines<C: Clock>(of response: HTTPClientResponse, _ answer: Answer<C>) async throws {
        var buffer = NDJSONLineBuffer(maxLineBytes: settings.maxLineBytes)
        for try await bytes in response.body {
            answer.watch.heard()
            buffer.append(bytes)
            while let line = try buffer.next() { await answer.lines.send(line) }
            try Task.checkCancellation()
            answer.watch.listen(answer.phase.isComplete ? Self.drainLimit : settings.idleTimeout)
        }
        answer.watch.heard()
        if let line = buffer.finish() { await answer.lines.send(line) }
    }

    private func watch<C: Clock>(_ answer: Answer<C>) async {
        guard let limit = try? await answer.watch.silence() else { return }
        answer.lines.fail(answer.failure.silent(for: limit, started: answer.phase.hasStarted))
    }

    // MARK: Single answers

    /// Gets a whole JSON answer, or posts `body` for one.
    func fetch(
        _ path: String, body: ByteBuffer? = nil, limit: Duration, failure: OllamaFailure
    ) async throws -> ByteBuffer {
        let request = request(path, body: body)
        let maxBytes = settings.maxLineBytes
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    let response = try await executeWithOneRetry(request)
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

    private func request(_ path: String, body: ByteBuffer?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: settings.address.description + path)
        guard let body else { return request }
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "Accept": "application/x-ndjson, application/json"]
        request.body = .bytes(body)
        return request
    }

    /// A pooled connection may turn out to be closed when it is used. The server has seen nothing of the request then, so that one
    /// more try on a fresh connection is safe. When a connection closes later, it may have been the request that broke the server:
    /// nobody wants it to run twice.
    private func executeWithOneRetry(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        do {
            return try await execute(request)
        } catch  where OllamaFailure.wasNeverSent(error) {
            try Task.checkCancellation()
            logger.debug("A connection to Ollama was closed before it was used again; trying once more")
            return try await execute(request)
        }
    }

    private func execute(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        // The time limits are our own (silence, connect); the client's deadline is a formality.
        try await http.execute(request, deadline: .now() + .hours(24), logger: nil)
    }

    private func error(of response: HTTPClientResponse, _ failure: OllamaFailure) async -> ServiceError {
        // An error's text is a courtesy: without it the status has to do.
        let body = try? await response.body.collect(upTo: Self.maxErrorBytes)
        let message = body.flatMap { try? OllamaErrorBody($0) }?.message
        return failure.status(response.status, headers: response.headers, message: message)
    }
}
