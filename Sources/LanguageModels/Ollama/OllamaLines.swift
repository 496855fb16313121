import AsyncHTTPClient
import NIOCore

/// The lines of an answer in progress, read from the connection as they are asked for, by one task.
final class OllamaLines {
    /// Whether the last line has been read. Only the end of the body follows.
    var isComplete = false

    private let body: AnswerBody
    /// The HTTP client closes the connection of an incomplete answer that nobody holds.
    private let response: HTTPClientResponse
    private var buffer: NDJSONLineBuffer
    private var isAtEnd = false
    private let watch: SilenceWatch
    private let idleTimeout: Duration
    private let failure: OllamaFailure

    /// How long a finished answer may take to release its connection, so that it can be used again.
    static let drainLimit = Duration.seconds(2)

    init(
        _ body: AnswerBody, of response: HTTPClientResponse, settings: OllamaClient.Settings, watch: SilenceWatch,
        failure: OllamaFailure
    ) {
        (self.body, self.response) = (body, response)
        buffer = NDJSONLineBuffer(maxLineBytes: settings.maxLineBytes)
        idleTimeout = settings.idleTimeout
        self.watch = watch
        self.failure = failure
    }

    /// The next line with content; nil at the end of the body.
    ///
    /// - Throws: `ServiceError`, `CancellationError` (the connection is closed then).
    nonisolated(nonsending) func next() async throws -> ByteBuffer? {
        do {
            while !isAtEnd {
                if let line = try buffer.next() { return line }
                watch.listen(for: .lines, idleTimeout)
                defer { watch.heard() }
                guard let bytes = try await body.next() else {
                    isAtEnd = true
                    return buffer.finish()
                }
                buffer.append(bytes)
            }
            return nil
        } catch is NDJSONLineBuffer.LineTooLong {
            throw failure.lineTooLong(buffer.maxLineBytes)
        } catch {
            throw failure.transport(error, started: true)
        }
    }

    /// The next line with content, if it has come already.
    ///
    /// - Throws: `ServiceError`.
    func nextAtHand() throws -> ByteBuffer? {
        do {
            return try buffer.next()
        } catch {
            throw failure.lineTooLong(buffer.maxLineBytes)
        }
    }

    /// Reads the end of a complete answer, which keeps the connection for the next request.
    nonisolated(nonsending) func drain() async throws {
        guard !isAtEnd else { return }
        // Once for all that may come: a server that goes on for ever is not waited for.
        watch.listen(for: .end, Self.drainLimit)
        defer { watch.heard() }
        while try await body.next() != nil {}
        isAtEnd = true
    }
}
