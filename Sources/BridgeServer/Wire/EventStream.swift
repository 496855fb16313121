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

    /// An answer whose messages `produce` sends. Returns once the first message is ready, so that a failure before it is
    /// answered with its own status; a later failure becomes the last message.
    ///
    /// - Parameters:
    ///   - record: gets a failure in the middle, for the log.
    ///   - executor: of the connection's event loop, if `produce` only hands on what others make, such as tokens. It then runs there,
    ///     so that a message stays on one thread. nil if `produce` computes: other connections would wait for it.
    ///   - channel: the connection; see ``MessageOutlet/init(channel:)``.
    /// - Throws: what `produce` throws before its first message, `CancellationError`.
    func response(
        record: RequestRecord, on executor: EventLoopExecutor? = nil, channel: (any Channel)? = nil,
        _ produce: @escaping @Sendable (Sender) async throws -> Void
    ) async throws -> Response {
        let outlet = MessageOutlet(channel: channel)
        let production = Production(on: executor) {
            defer { outlet.close() }
            try await produce(Sender(format: format, outlet: outlet))
            try await end(outlet)
        }
        guard await outlet.hasMessage() else {
            try Task.checkCancellation()
            try await production.end()
            throw CancellationError()
        }
        return Response(
            status: .ok, headers: [.contentType: format.contentType, .cacheControl: "no-cache", .accelBuffering: "no"],
            body: ResponseBody { writer in
                // Runs where the messages are made, also because what is written on the event loop would overtake the head, which is
                // written elsewhere and on its way to that loop; work that comes to the loop later finds it written.
                try await withTaskExecutorPreference(executor) {
                    outlet.lend(writer)
                    do {
                        try await production.end()
                    } catch {
                        if Task.isCancelled { throw CancellationError() }
                        if let failure = outlet.failure { throw failure }
                        try await writer.write(lastMessage(error, record))
                    }
                    try await writer.finish(nil)
                }
            })
    }

    private func end(_ outlet: MessageOutlet) async throws {
        guard let terminator, format == .serverSentEvents else { return }
        let isSent = outlet.offer { buffer in format.write(to: &buffer) { $0.writeString(terminator) } }
        if !isSent { try await outlet.flush() }
    }

    /// - Throws: ``ClientLeft``, when there is nobody to tell.
    private func lastMessage(_ error: any Error, _ record: RequestRecord) throws -> ByteBuffer {
        if error is ClientLeft { throw error }
        let shown = ServiceError.publicError(error)
        record.note(failure: shown)
        var buffer = ByteBuffer()
        format.write(to: &buffer) { shown.writeEnvelope(to: &$0) }
        return buffer
    }

    /// Sends messages.
    struct Sender: Sendable {
        fileprivate let format: EventFormat
        fileprivate let outlet: MessageOutlet

        /// Returns once the connection has taken the message.
        ///
        /// - Parameter name: the event's; lines have none.
        /// - Throws: what the encoder throws, `CancellationError`.
        func send(_ value: some Encodable, name: String? = nil) async throws {
            if try !offer(value, name: name) { try await flush() }
        }

        /// Sends the message if that needs no waiting.
        ///
        /// - Parameter name: the event's; lines have none.
        /// - Returns: whether it did; otherwise ``flush()`` sends it.
        /// - Throws: what the encoder throws.
        func offer(_ value: some Encodable, name: String? = nil) throws -> Bool {
            let json = try Wire.encode(value)
            return outlet.offer { buffer in format.write(to: &buffer, name: name) { $0.writeBytes(json) } }
        }

        /// The same for a message in which only one text changes, such as a token: it needs no encoder.
        ///
        /// - Parameter more: whether another message follows without waiting for anything, so that the two may go out together.
        func offer(_ text: String, in frame: TextFrame, name: String? = nil, more: Bool = false) -> Bool {
            outlet.offer(more: more) { format.write(text, in: frame, to: &$0, name: name) }
        }

        /// Returns once the connection has taken what was offered.
        ///
        /// - Throws: `CancellationError`.
        func flush() async throws { try await outlet.flush() }
    }

    /// The work behind an answer. It begins before the answer's head is known and goes on while its body is written, which
    /// are two calls by the server, so that no task group can hold it. It ends with the object that holds this: a response that is never
    /// written drops it.
    private final class Production: Sendable {
        private let work: Task<Void, any Error>

        init(on executor: EventLoopExecutor?, _ body: @escaping @Sendable () async throws -> Void) {
            work = Task(executorPreference: executor) { try await body() }
        }

        deinit { work.cancel() }

        /// Waits for its end; has it end when the waiting task is cancelled.
        ///
        /// - Throws: what the work throws.
        func end() async throws {
            try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        }
    }
}
