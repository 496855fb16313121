import AsyncAlgorithms
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The two ways to send one object after the other.
enum EventStream: Sendable {
    /// `text/event-stream`: `data: {…}` and an empty line.
    case serverSentEvents
    /// `application/x-ndjson`: an object a line.
    case newlineDelimited

    /// NDJSON if Accept names it, else SSE.
    init(accept: String?) {
        self = accept?.lowercased().contains("application/x-ndjson") == true ? .newlineDelimited : .serverSentEvents
    }

    private var contentType: String {
        switch self {
        case .serverSentEvents: "text/event-stream; charset=utf-8"
        case .newlineDelimited: "application/x-ndjson; charset=utf-8"
        }
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

    /// An answer whose messages `produce` sends. A failure in the middle is the last message.
    ///
    /// - Parameter record: gets what the failure was, for the log.
    func response(
        record: RequestRecord, _ produce: @escaping @Sendable (Sender) async throws -> Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: contentType, .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                // The writer belongs to this task, the events come from another: a channel joins them, in order. It holds
                // nothing: while the client reads slowly, whoever makes the events waits.
                let messages = AsyncChannel<ByteBuffer>()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        defer { messages.finish() }
                        let sender = Sender(stream: self, channel: messages)
                        do {
                            try await produce(sender)
                        } catch {
                            if error is ClientLeft { record.noteClientLeft() }
                            let shown = ServiceError.publicError(error)
                            record.note(failure: shown)
                            try await sender.send(ErrorBody(shown))
                        }
                    }
                    do {
                        for await message in messages { try await writer.write(message) }
                    } catch {
                        group.cancelAll()
                        throw error
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// Sends messages, each at once.
    struct Sender: Sendable {
        fileprivate let stream: EventStream
        fileprivate let channel: AsyncChannel<ByteBuffer>

        /// Returns when the message is on its way to the client, or nobody takes messages any more.
        func send(_ value: some Encodable) async throws { await channel.send(try stream.frame(value)) }
    }
}
