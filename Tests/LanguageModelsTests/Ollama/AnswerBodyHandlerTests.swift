import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(1)))
struct AnswerBodyHandlerTests {
    /// Counts what the channel is asked to read.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = HTTPClientRequestPart

        var reads = 0

        func read(context: ChannelHandlerContext) { reads += 1 }
    }

    private let channel = EmbeddedChannel()
    private let bodies = AnswerBodies()
    private let body = AnswerBody()
    private let counter = ReadCounter()

    init() throws {
        try channel.pipeline.syncOperations.addHandlers(counter, AnswerBodyHandler(bodies))
    }

    private func ask(number: String?) throws -> HTTPHeaders? {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/api/generate")
        if let number { head.headers.add(name: AnswerBodies.header, value: number) }
        try channel.writeOutbound(HTTPClientRequestPart.head(head))
        guard case .head(let written)? = try channel.readOutbound(as: HTTPClientRequestPart.self) else { return nil }
        return written.headers
    }

    private func receive(_ parts: HTTPClientResponsePart...) throws -> [HTTPClientResponsePart] {
        for part in parts { try channel.writeInbound(part) }
        var passed: [HTTPClientResponsePart] = []
        while let part = try channel.readInbound(as: HTTPClientResponsePart.self) { passed.append(part) }
        return passed
    }

    private func head(_ status: HTTPResponseStatus = .ok) -> HTTPClientResponsePart {
        .head(HTTPResponseHead(version: .http1_1, status: status))
    }

    private func piece(_ text: String) -> HTTPClientResponsePart { .body(ByteBuffer(string: text)) }

    @Test func bodiesGoToTheirReaderAndNumbersStayHere() async throws {
        let headers = try ask(number: bodies.expect(body))
        #expect(headers?.contains(name: AnswerBodies.header) == false)
        #expect(try receive(head(), piece("a"), piece("b"), .end(nil)) == [head(), .end(nil)])
        #expect(try await body.next() == ByteBuffer(string: "ab"))
        #expect(try await body.next() == nil)
        #expect(try await body.next() == nil)
    }

    @Test func bodiesOfErrorsAndOfOtherRequestsPassThrough() throws {
        _ = try ask(number: bodies.expect(body))
        let refusal = [head(.notFound), piece("no such model"), .end(nil)]
        #expect(try receive(refusal[0], refusal[1], refusal[2]) == refusal)
        _ = try ask(number: nil)
        #expect(try receive(head(), piece("a"), .end(nil)) == [head(), piece("a"), .end(nil)])
    }

    @Test func aNumberIsGoodForOneRequest() throws {
        let number = bodies.expect(body)
        _ = try ask(number: number)
        #expect(bodies.take(number) == nil)
    }

    @Test func aReaderThatFallsBehindHoldsTheConnection() async throws {
        _ = try ask(number: bodies.expect(body))
        let size = AnswerBody.maxPendingBytes / 2
        let large = HTTPClientResponsePart.body(ByteBuffer(repeating: 1, count: size))
        _ = try receive(head(), large, large)
        // It is read on after each piece as long as there is room.
        let reads = counter.reads
        _ = try receive(piece("more"))
        channel.read()
        #expect(counter.reads == reads)
        #expect(try await body.next()?.readableBytes == 2 * size + 4)
        channel.embeddedEventLoop.run()
        #expect(counter.reads == reads + 1)
    }

    @Test func whatComesBeforeABreakIsReadBefore() async throws {
        _ = try ask(number: bodies.expect(body))
        _ = try receive(head(), piece("a"))
        channel.pipeline.fireErrorCaught(HTTPParserError.invalidEOFState)
        #expect(try await body.next() == ByteBuffer(string: "a"))
        await #expect(throws: HTTPParserError.invalidEOFState) { try await body.next() }
    }

    @Test func aClosedConnectionIsNoEnd() async throws {
        _ = try ask(number: bodies.expect(body))
        _ = try receive(head())
        channel.pipeline.fireChannelInactive()
        await #expect(throws: ChannelError.eof) { try await body.next() }
    }

    @Test func cancellationEndsTheWait() async throws {
        let reader = Task { [body] in try await body.next() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
    }

    /// A server that never pauses keeps nobody reading.
    @Test func whoeverIsCancelledReadsNoMore() async throws {
        body.receive(ByteBuffer(string: "more"))
        let reader = Task { [body] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await body.next()
        }
        await #expect(throws: CancellationError.self) { try await reader.value }
    }
}
