import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer that is sent message by message, each as soon as it is ready.
struct EventStream: Sendable {
    var format: EventFormat
    /// The data of a final event, such as `[DONE]`; a stream that broke off ends without it, and so do lines.
    var terminator: String?

    /// Bytes that may wait for the connection before their maker has to.
    private static let room = 1 << 14

    /// An answer whose messages `produce` sends. Returns once the first message is ready, so that a failure before it is
    /// answered with its own status; a later failure becomes the last message.
    ///
    /// - Parameters:
    ///   - record: gets a failure in the middle, for the log.
    ///   - eventLoop: the connection's, if `produce` only hands on what others make, such as tokens. It then runs there, like the writer
    ///     of its messages, so that a message stays on one thread. nil if `produce` computes: other connections would wait for it.
    /// - Throws: what `produce` throws before its first message, `CancellationError`.
    func response(
        record: RequestRecord, on eventLoop: (any EventLoop)? = nil,
        _ produce: @escaping @Sendable (Sender) async throws -> Void
    ) async throws -> Response {
        let executor = eventLoop.map(EventLoopExecutor.init)
        let pipe = BytePipe(limit: Self.room)
        let production = Production(on: executor) {
            do {
                try await produce(Sender(format: format, pipe: pipe))
                try await end(pipe)
                pipe.finish()
            } catch {
                pipe.finish(throwing: error)
            }
        }
        guard let head = try await pipe.next()?.get() else { throw CancellationError() }
        return Response(
            status: .ok, headers: [.contentType: format.contentType, .cacheControl: "no-cache", .accelBuffering: "no"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(production) {} }
                try await withTaskExecutorPreference(executor) {
                    try await writer.write(head)
                    try await pipe.forEach { bytes in
                        try await writer.write(bytes.getOrReplace { try lastMessage($0, record) })
                    }
                    try await writer.finish(nil)
                }
            })
    }

    private func end(_ pipe: BytePipe) async throws {
        guard let terminator, format == .serverSentEvents else { return }
        try await pipe.send { buffer in format.write(to: &buffer) { $0.writeString(terminator) } }
    }

    /// - Throws: ``ClientLeft``, when there is nobody to tell.
    private func lastMessage(_ error: any Error, _ record: RequestRecord) throws -> ByteBuffer {
        if error is ClientLeft { throw error }
        let shown = ServiceError.publicError(error)
        record.note(failure: shown)
        let json = try Wire.encode(ErrorBody(shown))
        var buffer = ByteBuffer()
        format.write(to: &buffer) { $0.writeBytes(json) }
        return buffer
    }

    /// Sends messages.
    struct Sender: Sendable {
        fileprivate let format: EventFormat
        fileprivate let pipe: BytePipe

        /// Returns once there is room for the next message.
        ///
        /// - Parameter name: the event's; lines have none.
        /// - Throws: what the encoder throws, `CancellationError`.
        func send(_ value: some Encodable, name: String? = nil) async throws {
            let json = try Wire.encode(value)
            try await pipe.send { buffer in format.write(to: &buffer, name: name) { $0.writeBytes(json) } }
        }

        /// The same for a message in which only one text changes, such as a token: it needs no encoder.
        ///
        /// - Throws: `CancellationError`.
        nonisolated(nonsending) func send(_ text: String, in frame: TextFrame, name: String? = nil) async throws {
            try await pipe.send { buffer in
                format.write(to: &buffer, name: name) { buffer in
                    buffer.writeString(frame.start)
                    buffer.writeJSON(text)
                    buffer.writeString(frame.end)
                }
            }
        }

        /// Returns once the connection has taken all messages.
        ///
        /// - Throws: `CancellationError`.
        func flush() async throws { try await pipe.flush() }
    }

    /// The JSON around a text.
    struct TextFrame: Sendable {
        var start: String
        var end: String
    }

    /// The work behind an answer. It begins before the answer's head is known and goes on while its body is written, which
    /// are two calls by the server, so that no task group can hold it. It ends with the object that holds this: a failed write
    /// or a response that is never written drops it.
    private final class Production: Sendable {
        private let work: Task<Void, Never>

        init(on executor: EventLoopExecutor?, _ body: @escaping @Sendable () async -> Void) {
            work = Task(executorPreference: executor) { await body() }
        }

        deinit { work.cancel() }
    }
}

extension Result {
    fileprivate func getOrReplace(_ replacement: (Failure) throws -> Success) throws -> Success {
        switch self {
        case .success(let value): value
        case .failure(let error): try replacement(error)
        }
    }
}
