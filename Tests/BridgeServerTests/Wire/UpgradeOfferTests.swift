import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import BridgeServer

/// Requests that offer another protocol, behind NIO's own parser, which stops at the end of some of them.
@Suite(.timeLimit(.minutes(1))) struct UpgradeOfferTests {
    private static let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

    /// What the server sees and what it answers: the paths, and whether it says that the connection closes.
    private func paths(_ pieces: [String]) throws -> (seen: [String], closes: Bool) {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ConnectionHandler.makeParser(.init()))
        try pipeline.addHandler(
            ConnectionHandler(
                patience: .init(upload: .seconds(10), grace: .seconds(2), lastWords: .seconds(2)),
                use: ConnectionWatch().open(channel)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for piece in pieces {
            try channel.writeInbound(ByteBuffer(string: piece))
            channel.embeddedEventLoop.run()
        }
        var (seen, closes) = ([String](), false)
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            switch part {
            case .head(let head):
                seen.append(head.path ?? "")
                if head.headerFields[.connection] == "close" { closes = true }
            case .body, .end: break
            }
        }
        _ = try? channel.finish()
        return (seen, closes)
    }

    private static let offers = [
        "Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: TLS/1.0\r\nConnection: upgrade\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n", "Connection: keep-alive,UPGRADE\r\nUpgrade: a, b\r\n",
        "Connection:upgrade\r\nUpgrade:x\r\n", "Connection: Upgrade\r\n", "Upgrade: h2c\r\n",
        "Connection: Upgrade\r\nUpgrade:\r\n", "Connection: Upgrade ,foo\r\nUpgrade: h2c\r\n",
        "Connection: foo\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n", "Connection: Upgraded\r\nUpgrade: h2c\r\n",
        "Connection: \tUpgrade\r\nUpgrade: h2c\r\n", "Connection: ,, Upgrade\r\nUpgrade: h2c\r\n",
    ]

    /// The next request is read, or the client was told that none will be.
    @Test(arguments: offers, ["", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"])
    func theNextRequestIsRead(offer: String, length: String) throws {
        let body = length.isEmpty ? "" : length.hasPrefix("C") ? "abc" : "3\r\nabc\r\n0\r\n\r\n"
        let first = "POST /first HTTP/1.1\r\nHost: a\r\n\(offer)\(length)\r\n\(body)"
        for pieces in [[first + Self.next], [first, Self.next], (first + Self.next).map { String($0) }] {
            let (seen, closes) = try paths(pieces)
            #expect(seen == ["/first", "/next"] || closes && seen.first == "/first", "\(seen) \(offer)")
        }
    }

    /// JDK's client and curl offer h2c with every request.
    @Test func aClientThatOffersEachTimeStaysConnected() throws {
        let offer = "POST /a HTTP/1.1\r\nHost: a\r\n\(Self.offers[2])Content-Length: 2\r\n\r\n{}"
        let (seen, closes) = try paths([offer + offer, offer, offer + Self.next])
        #expect(seen == ["/a", "/a", "/a", "/a", "/next"] && !closes)
    }

    /// The parser stops behind such a request; what comes then is not kept without a bound.
    @Test func whatFollowsALastRequestIsBounded() throws {
        let channel = EmbeddedChannel(handler: ConnectionHandler.makeParser(.init()))
        let offer = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: x\r\n\r\n"
        try channel.writeInbound(ByteBuffer(string: offer))
        #expect(throws: ByteToMessageDecoderError.PayloadTooLargeError.self) {
            for _ in 0..<32 { try channel.writeInbound(ByteBuffer(repeating: 0x61, count: 64 << 10)) }
        }
        _ = try? channel.finish()
    }
}
