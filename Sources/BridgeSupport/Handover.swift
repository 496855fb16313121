import Synchronization

/// Hands bytes over to another owner, so that the giver no longer holds them: an array with two holders is copied when it changes, and
/// lives as long as both of them.
public final class Handover: Sendable {
    private let bytes: Mutex<[UInt8]>

    /// Takes the bytes of their owner, who must not keep a copy.
    public init(_ bytes: consuming [UInt8]) { self.bytes = Mutex(bytes) }

    /// Has `body` see the bytes, which stay here; after ``take()`` there are none.
    public func look<R: Sendable>(_ body: ([UInt8]) throws -> R) rethrows -> R { try bytes.withLock { try body($0) } }

    /// The bytes, at the first call; nothing afterwards.
    public func take() -> [UInt8] {
        bytes.withLock { held in
            var taken: [UInt8] = []
            swap(&taken, &held)
            return taken
        }
    }
}
