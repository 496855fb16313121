import BridgeRuntime
import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// The pipeline of each connection, in order from the network to the routes.
///
/// A door for another protocol takes a connection over where a route, behind all middleware, has answered 101: the parser and
/// the encoder go then. ``ConnectionHandler`` stays, which keeps the connection in use and leaves it to that door.
struct HTTPConnectionChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    struct Settings: Sendable {
        var patience: ConnectionHandler.Patience
        var transport: TransportHandler.Limits
        /// The limit on silence, between requests or in the middle of one.
        var idle = Duration.seconds(75)

        init(_ configuration: BridgeConfiguration) {
            let seconds = { (key: Key<Int>) in TimeAmount.seconds(Int64(configuration[key])) }
            let (whole, work) = configuration.grace
            // A server that is to end at once still has time for a word.
            patience = .init(
                upload: seconds(Keys.uploadTime), grace: .init(work), lastWords: .init(max(whole - work, .seconds(1))))
            transport = .init(
                rate: configuration[Keys.readerRate], window: seconds(Keys.readerTime), grace: .init(whole))
        }
    }

    let responder: HTTPChannelHandler.Responder
    let settings: Settings
    let connections: ConnectionWatch
    /// Counts connections that are closed before their time.
    let cuts: [CutReason: Counter]
    let logger: Logger

    /// A query may contain a prompt; no header needs as much.
    private static let parserLimits: NIOHTTPDecoderLimitConfiguration = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 32 << 10
        limits.maxHeaderFieldCount = 128
        return limits
    }()

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            limitSilence(of: channel)
            let wasCut: @Sendable (CutReason) -> Void = { [cuts, logger = self.logger] reason in
                cuts[reason]?.increment()
                logger.debug("connection cut", metadata: ["reason": "\(reason.rawValue)"])
            }
            let connection = ConnectionHandler(
                patience: settings.patience, use: connections.open(channel), parserLimits: Self.parserLimits,
                unreadable: UnreadableRequest(logger: self.logger), wasCut: wasCut)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                TransportHandler(
                    limits: settings.transport, bytesArrived: { connection.receive(bytes: $0) }, wasCut: wasCut))
            try pipeline.addHandler(HTTPResponseEncoder())
            try pipeline.addHandler(ConnectionHandler.makeParser(Self.parserLimits))
            try pipeline.addHandler(connection)
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: settings.idle, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }

    /// Lets the system close a connection whose client has vanished, once everything has been handed to it.
    private func limitSilence(of channel: any Channel) {
        #if os(Linux)
            let userTimeout = ChannelOptions.tcpOption(.init(rawValue: TCP_USER_TIMEOUT))
            // A system without this option works as well, but waits longer in vain.
            let milliseconds = settings.patience.upload.nanoseconds / 1_000_000
            try? channel.syncOptions?.setOption(userTimeout, value: Int(milliseconds))
        #endif
    }
}
