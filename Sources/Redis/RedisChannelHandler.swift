import NIOCore
import NIOSSL

/// Commands that are sent together, and who waits for all their answers.
struct RedisBatch: Sendable {
    var commands: [RedisCommand]
    var answers: EventLoopPromise<[RedisValue]>
}

/// One connection: batches go out as bytes, and bytes come in as answers. Everything is done on the event loop of the connection.
final class RedisChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = RedisBatch
    typealias OutboundOut = ByteBuffer

    private let reader: RedisReader
    private var queue = AnswerQueue<EventLoopPromise<[RedisValue]>>()
    /// Why the connection ends.
    private var failure: RedisError?

    /// nil if there is no memory for it.
    init?() {
        guard let reader = RedisReader() else { return nil }
        self.reader = reader
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let batch = unwrapOutboundIn(data)
        guard failure == nil, !batch.commands.isEmpty else {
            promise?.succeed()
            return batch.answers.fail(failure ?? RedisError.connection("there is nothing to send"))
        }
        var bytes = context.channel.allocator.buffer(capacity: 1024)
        for command in batch.commands { command.write(to: &bytes) }
        queue.add(batch.answers, count: batch.commands.count)
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        do throws(RedisError) {
            try reader.feed(unwrapInboundIn(data))
            while let answer = try reader.next() {
                if let (waiting, answers) = try queue.receive(answer) { waiting.succeed(answers) }
            }
        } catch {
            end(context, error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context, .init(of: error)) }

    func channelInactive(context: ChannelHandlerContext) {
        end(context, .connection("it has closed the connection"))
        context.fireChannelInactive()
    }

    private func end(_ context: ChannelHandlerContext, _ error: RedisError) {
        let reason = failure ?? error
        failure = reason
        for waiting in queue.drain() { waiting.fail(reason) }
        context.close(promise: nil)
    }
}

extension RedisError {
    /// What the network or TLS say, in words that hold no address of a client.
    init(of error: any Error) {
        switch error {
        case let error as RedisError: self = error
        case let error as NIOSSLError: self = .connection("TLS: \(error)")
        case let error as NIOSSLExtraError: self = .connection("TLS: \(error.description)")
        case let error as BoringSSLError: self = .connection("TLS: \(error)")
        case is ChannelError: self = .connection("the connection could not be made or was closed")
        case let error as IOError: self = .connection(error.description)
        default: self = .connection("\(error)")
        }
    }
}
