import BridgeRuntime
import Hummingbird

/// Counts request bodies from their first byte to their answer.
struct BodyBudgetMiddleware: RouterMiddleware {
    let budget: MemoryBudget

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        guard context.policy.bodyLimit > 0 else { return try await next(request, context) }
        let share = MemoryBudget.Share(of: budget)
        defer { share.release() }
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        // A body over the limit of its route is refused there, however much room there is.
        if announced <= context.policy.bodyLimit { try share.expect(announced) }
        var request = request
        request.body = RequestBody(
            asyncSequence: request.body.map { piece in
                try share.take(piece.readableBytes)
                return piece
            })
        return try await next(request, context)
    }
}
