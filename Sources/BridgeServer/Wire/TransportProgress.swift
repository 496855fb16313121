import NIOCore

/// How much of what was written to a connection has been sent.
struct TransportProgress: Sendable {
    /// Bytes that the system has not accepted yet.
    var unsent: @Sendable (any Channel) -> Int
    /// Reports how many bytes the client's system has taken since the connection began, on the connection's own event loop.
    ///
    /// `sent` is how many bytes our own system has taken, the best estimate if the system does not tell: it holds megabytes for a client,
    /// and makes room only when a third of them is gone.
    var taken: @Sendable (_ channel: any Channel, _ sent: Int, _ done: @escaping (Int) -> Void) -> Void

    static let socket = TransportProgress(
        unsent: { channel in (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 },
        taken: { channel, sent, done in
            #if os(Linux)
                guard let socket = channel as? any SocketOptionProvider else { return done(sent) }
                // The beginning of `struct tcp_info` as Linux has had it since 4.1; the C library's version ends before the field needed
                // here, tcpi_bytes_acked, at byte 120. Fields unknown to a system stay 0.
                let info: EventLoopFuture<SIMD16<UInt64>> = socket.unsafeGetSocketOption(level: .tcp, name: .tcp_info)
                info.assumeIsolated().whenComplete { result in
                    let acknowledged = (try? result.get()).map { Int(clamping: $0[15]) } ?? 0
                    done(acknowledged > 0 ? acknowledged : sent)
                }
            #else
                done(sent)
            #endif
        })
}
