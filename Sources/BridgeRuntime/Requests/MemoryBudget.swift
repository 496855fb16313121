package import BridgeSupport
import Synchronization
import TextToSpeech

/// Memory that many requests take a share of, so that together they do not take all that the machine has.
package final class MemoryBudget: Sendable {
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
    package init(limit: Int, small: Int, largest: Int, exhausted: ServiceError) {
        self.small = small
        self.exhausted = exhausted
        limitForLarge = max(limit / 8 * 7, largest)
        self.limit = max(limit, limitForLarge + small)
    }

    /// Bytes of all shares.
    package var used: Int { taken.withLock { $0 } }

    /// What one request has taken. Given back at the latest when nobody holds it any more.
    package final class Share: Sendable {
        private let budget: MemoryBudget
        private let taken = Mutex(0)
        /// Bytes that were taken before they came.
        private let expected = Mutex(0)

        package init(of budget: MemoryBudget) { self.budget = budget }

        deinit { release() }

        /// Takes the bytes of a large body before the first of them is here. Of several that come at the same time, the first ones are
        /// served then; counted as they come, each would find the room taken by the halves of the others.
        ///
        /// Small ones are counted as they come: who announces many and sends none keeps nobody away.
        ///
        /// - Throws: `overloaded` when there is not as much left.
        package func expect(_ bytes: Int) throws(ServiceError) {
            guard bytes > budget.small else { return }
            try take(bytes)
            expected.withLock { $0 = bytes }
        }

        /// Takes what is here now, unless it was expected.
        ///
        /// - Throws: `overloaded` when there is not as much left.
        package func take(_ piece: Int) throws(ServiceError) {
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
        package func settle(at bytes: Int) throws(ServiceError) {
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
        package func release() { set(to: 0) }
    }
}

extension MemoryBudget {
    /// For the bodies of all requests under way.
    static func bodies(_ configuration: BridgeConfiguration) -> MemoryBudget {
        MemoryBudget(
            // A recording in JSON is decoded over itself: its body is all that is held of it.
            limit: configuration[Keys.allBodies], small: configuration[Keys.largestText],
            largest: configuration.largestEncodedAudio,
            exhausted: ServiceError(
                .overloaded,
                "The bodies of the requests under way take all the memory that \(Keys.allBodies.name) allows. Send this one again in a moment.",
                retryAfter: .seconds(5)))
    }

    /// For all answers that are held for their clients.
    static func answers(_ configuration: BridgeConfiguration) -> MemoryBudget {
        MemoryBudget(
            limit: configuration[Keys.allAnswers], small: configuration[Keys.largestText],
            largest: TextToSpeechService.Settings(configuration).maximumBytes,
            exhausted: ServiceError(
                .overloaded,
                "The answers that are being made, and those that clients have not taken yet, take all the memory that \(Keys.allAnswers.name) allows. Send this request again in a moment.",
                retryAfter: .seconds(5)))
    }
}

extension BridgeConfiguration {
    /// Bytes of audio as base64, which makes four bytes of three, with the fields beside it: the largest body that there is.
    package var largestEncodedAudio: Int { self[Keys.largestAudio] / 3 * 4 + self[Keys.largestText] }
}
