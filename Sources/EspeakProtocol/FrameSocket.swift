#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One end of a socket pair that carries frames; closed when this goes away.
///
/// A socket pair rather than two pipes: writing to one whose other end is gone need not raise SIGPIPE. Every call blocks, so it belongs
/// on a thread of its own.
public struct FrameSocket: ~Copyable, Sendable {
    /// What came from the other side.
    public enum Received: Sendable, Equatable {
        /// A whole one.
        case frame(Frame)
        /// Nothing came within the time.
        case nothing
        /// The other end is gone.
        case closed
    }

    /// Closed by this object, and by nothing else.
    public let descriptor: Int32
    private var incoming = FrameBuffer()

    /// - Parameter descriptor: owned by this object from now on.
    public init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The next frame, waiting at most `milliseconds`, or for ever if that is negative.
    ///
    /// - Throws: ``MalformedFrame``.
    public mutating func receive(within milliseconds: Int32) throws -> Received {
        while true {
            if let frame = try incoming.next() { return .frame(frame) }
            guard wait(for: POLLIN, milliseconds) else { return .nothing }
            guard let bytes = Self.read(descriptor) else { return .closed }
            incoming.append(bytes)
        }
    }

    /// Sends all of `bytes`. False when the other end is gone, or accepted nothing for `milliseconds`.
    public func send(_ bytes: [UInt8], within milliseconds: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe sendWithoutSignal(descriptor, UnsafeRawBufferPointer(rebasing: buffer[sent...]))
            }
            if count > 0 {
                sent += count
            } else {
                guard count < 0, errno == EAGAIN || errno == EINTR, wait(for: POLLOUT, milliseconds) else {
                    return false
                }
            }
        }
        return true
    }

    /// Whether the other end is gone; does not wait.
    public var isClosed: Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    private func wait(for events: Int32, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let ready = unsafe poll(&entry, 1, milliseconds)
            if ready >= 0 || errno != EINTR { return ready > 0 }
        }
    }

    /// The bytes that have arrived, at least one; nil when the other end is gone.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        while true {
            var failure: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let got = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if !bytes.isEmpty { return bytes }
            if failure != EINTR { return nil }
        }
    }
}

/// `send` of the C library, which the method hides. Never waits.
private func sendWithoutSignal(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
}
