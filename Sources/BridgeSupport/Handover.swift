import Synchronization

/// Hands bytes over to another owner, so that nobody here holds them any more: an array that two hold is copied when it changes, and
/// lives as long as both.
public final class Handover: Sendable {
    private let bytes: Mutex<[UInt8]>

    public init(_ bytes: consuming [UInt8]) { self.bytes = Mutex(bytes) }

    public func look<R: Sendable>(_ body: ([UInt8]) throws -> R) rethrows -> R { try bytes.withLock { try body($0) } }

    /// The bytes, once; none afterwards.
    public func take() -> [UInt8] {
        bytes.withLock { held in
            var taken: [UInt8] = []
            swap(&taken, &held)
            return taken
        }
    }
}
