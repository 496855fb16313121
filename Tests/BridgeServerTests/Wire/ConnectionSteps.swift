import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes

@testable import BridgeServer

/// What tests of ``ConnectionHandler`` do to a connection, in a time that stands still until they move it.
protocol ConnectionSteps {}

extension ConnectionSteps {
    static var patience: ConnectionHandler.Patience {
        ConnectionHandler.Patience(
            upload: .seconds(10), grace: .seconds(2), question: .milliseconds(250), interval: .seconds(5),
            old: .seconds(5), lastWords: .seconds(2))
    }

    func connection(_ others: any ChannelHandler...) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let handler = ConnectionHandler(patience: Self.patience, use: ConnectionWatch().open(channel))
        try channel.pipeline.syncOperations.addHandlers([handler] + others)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    func begin(
        _ channel: EmbeddedChannel, _ version: HTTPVersion = .http1_1, headers: [(String, String)] = []
    ) throws {
        let headers = HTTPHeaders([("Host", "a")] + headers)
        try channel.writeInbound(
            HTTPServerRequestPart.head(.init(version: version, method: .POST, uri: "/", headers: headers)))
    }

    func ask(_ channel: EmbeddedChannel, _ version: HTTPVersion = .http1_1) throws {
        try begin(channel, version)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    /// What a route's answer begins with.
    func beginning(_ fields: HTTPFields = [:], status: HTTPResponse.Status = .ok) -> HTTPResponsePart {
        .head(.init(status: status, headerFields: fields))
    }

    /// What is sent of it.
    func answerHead(_ headers: HTTPHeaders = [:]) -> HTTPServerResponsePart {
        .head(.init(version: .http1_1, status: .ok, headers: headers))
    }

    func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(beginning())
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    func written(_ channel: EmbeddedChannel) throws -> [HTTPServerResponsePart] {
        var parts: [HTTPServerResponsePart] = []
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) { parts.append(part) }
        return parts
    }

    func makeRoom(_ channel: EmbeddedChannel, _ event: ConnectionHandler.MakeRoom) {
        channel.pipeline.fireUserInboundEventTriggered(event)
    }

    func receive(_ channel: EmbeddedChannel, bytes count: Int) throws {
        try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).receive(bytes: count)
    }

    func bytesArrive(_ channel: EmbeddedChannel, _ count: Int = 1) throws {
        try receive(channel, bytes: count)
        channel.pipeline.fireChannelReadComplete()
    }
}
