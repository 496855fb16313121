import BridgeSupport
import Synchronization

/// Memory that many requests take a share of, so that together they do not take all that the machine has.
final class MemoryBudget: Sendable {
    private let small: Int
    private let limit: Int
    private let limitForLarge: Int
    private let exhausted: ServiceError
    private let taken = Mutex(0)

    /// - Parameters:
    ///   - limit: bytes of all shares. Large ones leave an eighth of it, so that long recordings and long speech keep no short request
    ///     away.
    ///   - small: bytes of a share that is not large yet.
    ///   - largest: bytes that a share may have; one of them fits, whatever the limit is.
    ///   - exhausted: what a request gets for which nothing is left.
    init(limit: Int, small: Int, largest: Int, exhausted: ServiceError) {
        self.small = small
        self.exhausted = exhausted
        limitForLarge = max(limit / 8 * 7, largest)
        self.limit = max(limit, limitForLarge + small)
    }

    /// Bytes of all shares.
    var used: Int { taken.withLock { $0 } }

    /// What one request has taken. Given back at the latest when nobody holds it any more.
    final class Share: Sendable {
        private let budget: MemoryBudget
        private let taken = Mutex(0)
        /// Bytes that were taken before they came.
        private let expected = Mutex(0)

        init(of budget: MemoryBudget) { self.budget = budget }

        deinit { release() }

        /// Takes the bytes of a large body before the first of them is here. Of several that come at the same time, the first ones are
        /// served then; counted as they come, each would find the room taken by the halves of the others.
        ///
        /// Small ones are counted as they come: who announces many and sends none keeps nobody away.
        ///
        /// - Throws: `overloaded` when there is not as much left.
        func expect(_ bytes: Int) throws(ServiceError) {
            guard bytes > budget.small else { return }
            try take(bytes)
            expected.withLock { $0 = bytes }
        }

        /// Takes what is here now, unless it was expected.
        ///
        /// - Throws: `overloaded` when there is not as much left.
        func take(_ piece: Int) throws(ServiceError) {
            let known = expected.withLock { expected in
                defer { expected -= min(expected, piece) }
                return min(expected, piece)
            }
            let bytes = piece - known
            guard bytes > 0 else { return }
            let isLarge = taken.withLock { $0 + bytes > budget.small }
            let fits = budget.taken.withLock { all in
                guard all + bytes <= (isLarge ? budget.limitForLarge : budget.limit) else { return false }
                all += bytes
                return true
            }
            guard fits else { throw budget.exhausted }
            taken.withLock { $0 += bytes }
        }

        /// Makes the share what is really held: a guess was taken before.
        ///
        /// - Throws: `overloaded` where it is more than was guessed, and there is not as much left.
        func settle(at bytes: Int) throws(ServiceError) {
            let more = bytes - taken.withLock { $0 }
            if more > 0 { try take(more) } else { set(to: bytes) }
        }

        /// Makes the share what is held, which is less than before.
        func set(to bytes: Int) {
            let change = taken.withLock { taken in
                defer { taken = bytes }
                return bytes - taken
            }
            budget.taken.withLock { $0 += change }
        }

        /// Gives back all of it.
        func release() { set(to: 0) }
    }
}
