import AsyncAlgorithms
import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The two ways to send one object after the other.
enum EventStream: Sendable, CaseIterable {
    /// `text/event-stream`: `data: {…}` and an empty line.
    case serverSentEvents
    /// `application/x-ndjson`: an object a line.
    case newlineDelimited

    /// NDJSON if Accept names it, and does not want SSE more; else SSE.
    init(accept: String?) {
        let types = Accept.types(accept)
        let quality = { (name: String) in types.first { $0.name == name }?.quality ?? 0 }
        let wish = quality("application/x-ndjson")
        self = wish > 0 && wish >= quality("text/event-stream") ? .newlineDelimited : .serverSentEvents
    }

    /// The one whose answers have this type; nil for answers of other kinds.
    init?(contentType: String?) {
        guard let known = Self.allCases.first(where: { $0.contentType == contentType }) else { return nil }
        self = known
    }

    /// What may stand between two messages and says nothing.
    var nothing: ByteBuffer {
        switch self {
        case .serverSentEvents: ByteBuffer(string: ":\n\n")
        case .newlineDelimited: ByteBuffer(string: " ")
        }
    }

    private var contentType: String {
        switch self {
        case .serverSentEvents: "text/event-stream; charset=utf-8"
        case .newlineDelimited: "application/x-ndjson; charset=utf-8"
        }
    }

    private var headers: HTTPFields {
        [.contentType: contentType, .cacheControl: "no-cache", .accelBuffering: "no"]
    }

    private func frame(_ value: some Encodable) throws -> ByteBuffer {
        let json = try Wire.encode(value)
        var buffer = ByteBuffer()
        switch self {
        case .serverSentEvents:
            buffer.writeString("data: ")
            buffer.writeBytes(json)
            buffer.writeString("\n\n")
        case .newlineDelimited:
            buffer.writeBytes(json)
            buffer.writeString("\n")
        }
        return buffer
    }

    /// An answer whose messages `produce` sends. Returns once the first message is there, so that what fails before it is
    /// answered with its own status; a later failure is the last message.
    ///
    /// - Parameter record: gets what the failure in the middle was, for the log.
    /// - Throws: what `produce` throws before its first message, `CancellationError`.
    func response(
        record: RequestRecord, _ produce: @escaping @Sendable (Sender) async throws -> Void
    ) async throws -> Response {
        let production = Production(stream: self, produce)
        guard let first = try await production.next() else { throw CancellationError() }
        let head = try first.get()
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await writer.write(head)
                while let message = try await production.next() {
                    switch message {
                    case .success(let bytes): try await writer.write(bytes)
                    case .failure(let error): try await writer.write(lastMessage(error, record))
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// - Throws: ``ClientLeft``: then there is nobody to tell.
    private func lastMessage(_ error: any Error, _ record: RequestRecord) throws -> ByteBuffer {
        if error is ClientLeft { throw error }
        let shown = ServiceError.publicError(error)
        record.note(failure: shown)
        return try frame(ErrorBody(shown))
    }

    /// Sends messages, each at once.
    struct Sender: Sendable {
        fileprivate let stream: EventStream
        fileprivate let channel: AsyncChannel<Result<ByteBuffer, any Error>>

        /// Returns when the message is on its way to the client, or nobody takes messages any more.
        func send(_ value: some Encodable) async throws { await channel.send(.success(try stream.frame(value))) }
    }

    /// The work behind an answer: begins before the answer's head is known and goes on while its body is written, which
    /// are two calls of the server, so that no task group can hold it. It ends with whoever holds this: a failed write
    /// or a response that is never written drops it.
    private final class Production: Sendable {
        /// Holds nothing: while the client reads slowly, whoever makes the messages waits. A failure is the last one.
        private let channel = AsyncChannel<Result<ByteBuffer, any Error>>()
        private let work: Task<Void, Never>

        init(stream: EventStream, _ produce: @escaping @Sendable (Sender) async throws -> Void) {
            work = Task { [channel] in
                defer { channel.finish() }
                do {
                    try await produce(Sender(stream: stream, channel: channel))
                } catch {
                    await channel.send(.failure(error))
                }
            }
        }

        deinit { work.cancel() }

        /// The next message, or nil after the last one. Cancelling the caller cancels the work.
        func next() async throws -> Result<ByteBuffer, any Error>? {
            let message = await withTaskCancellationHandler {
                var messages = channel.makeAsyncIterator()
                return await messages.next()
            } onCancel: {
                work.cancel()
            }
            try Task.checkCancellation()
            return message
        }
    }
}
