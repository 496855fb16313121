import BridgeSupport
import Hummingbird
import Synchronization

/// The memory that bodies of requests may take together, so that many uploads at once do not take all that the machine has.
final class BodyBudget: Sendable {
    private let small: Int
    private let limit: Int
    private let limitForLarge: Int
    private let taken = Mutex(0)

    /// - Parameters:
    ///   - limit: bytes of all bodies. Large ones leave an eighth of it, so that long recordings keep no short request away.
    ///   - small: bytes of a body that is not large yet.
    ///   - largest: bytes that a body may have; one of them fits, whatever the limit is.
    init(limit: Int, small: Int, largest: Int) {
        self.small = small
        limitForLarge = max(limit / 8 * 7, largest)
        self.limit = max(limit, limitForLarge + small)
    }

    /// What one request has taken.
    final class Share: Sendable {
        private let budget: BodyBudget
        private let taken = Mutex(0)

        init(of budget: BodyBudget) { self.budget = budget }

        /// - Throws: `overloaded` when there is not as much left.
        func take(_ bytes: Int) throws(ServiceError) {
            let isLarge = taken.withLock { $0 + bytes > budget.small }
            let fits = budget.taken.withLock { all in
                guard all + bytes <= (isLarge ? budget.limitForLarge : budget.limit) else { return false }
                all += bytes
                return true
            }
            guard fits else { throw BodyBudget.exhausted }
            taken.withLock { $0 += bytes }
        }

        /// Gives back all of it.
        func release() {
            let bytes = taken.withLock { taken in
                defer { taken = 0 }
                return taken
            }
            budget.taken.withLock { $0 -= bytes }
        }
    }

    private static let exhausted = ServiceError(
        .overloaded,
        "The bodies of the requests under way take all the memory that limits.bodies_total allows. Send this one again in a moment.",
        retryAfter: .seconds(5))
}

/// Counts the bodies of requests from their first byte to their answer.
struct BodyBudgetMiddleware: RouterMiddleware {
    let budget: BodyBudget

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        guard ![.get, .head, .options].contains(request.method) else { return try await next(request, context) }
        let share = BodyBudget.Share(of: budget)
        defer { share.release() }
        var request = request
        request.body = RequestBody(
            asyncSequence: request.body.map { piece in
                try share.take(piece.readableBytes)
                return piece
            })
        return try await next(request, context)
    }
}
