package import BridgeSupport
import Synchronization
import TextToSpeech

/// Memory that many requests share, so that together they do not use up the machine's.
package final class MemoryBudget: Sendable {
    private let small: Int
    private let limit: Int
    private let limitForLarge: Int
    private let exhausted: ServiceError
    private let taken = Mutex(0)

    /// - Parameters:
    ///   - limit: bytes of all shares. Large shares leave an eighth of it, so that long recordings and long speech keep no short request
    ///     away.
    ///   - small: the size up to which a share is not large.
    ///   - largest: the largest share; one of that size always fits, whatever the limit is.
    ///   - exhausted: the error for a request when nothing is left.
    package init(limit: Int, small: Int, largest: Int, exhausted: ServiceError) {
        self.small = small
        self.exhausted = exhausted
        limitForLarge = max(limit / 8 * 7, largest)
        self.limit = max(limit, limitForLarge + small)
    }

    /// Bytes taken by all shares.
    package var used: Int { taken.withLock { $0 } }

    /// What one request has taken. Given back at the latest when nobody refers to it any more.
    package final class Share: Sendable {
        private let budget: MemoryBudget
        private let taken = Mutex(0)
        /// Bytes that were reserved before they came.
        private let expected = Mutex(0)

        package init(of budget: MemoryBudget) { self.budget = budget }

        deinit { release() }

        /// Reserves the bytes of a large body before the first of them has come. Of several bodies that come at the same time, the first ones
        /// are then served; counted as they come, each would find the room taken by halves of the others.
        ///
        /// Small bodies are counted as they come: a client that announces many and sends none keeps nobody away.
        ///
        /// - Throws: `overloaded` when too little is left.
        package func expect(_ bytes: Int) throws(ServiceError) {
            guard bytes > budget.small else { return }
            try take(bytes)
            expected.withLock { $0 = bytes }
        }

        /// Takes the bytes that have come now, unless they were reserved.
        ///
        /// - Throws: `overloaded` when too little is left.
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

        /// Corrects the share, which was taken by an estimate, to the bytes that are really held.
        ///
        /// - Throws: `overloaded` when that is more than the estimate and too little is left.
        package func settle(at bytes: Int) throws(ServiceError) {
            let more = bytes - taken.withLock { $0 }
            if more > 0 { try take(more) } else { set(to: bytes) }
        }

        /// Reduces the share to the bytes that are still held.
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
            // A recording in JSON is decoded in place, so its body is all the memory that it takes.
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
    /// Bytes of audio in base64, which makes four bytes of three, and of the other fields: the largest possible body.
    package var largestEncodedAudio: Int { self[Keys.largestAudio] / 3 * 4 + self[Keys.largestText] }
}
