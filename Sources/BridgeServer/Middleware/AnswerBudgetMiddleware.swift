import BridgeRuntime
import Hummingbird

/// Counts answers from the time they exist until their last byte is written: a slow client must not make the server
/// hold an unbounded amount of memory.
struct AnswerBudgetMiddleware: RouterMiddleware {
    let budget: MemoryBudget

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let length = response.body.contentLength, length > ResponseBody.atOnce, !context.policy.budgetsItsAnswer
        else { return response }
        let share = MemoryBudget.Share(of: budget)
        try share.take(length)
        let body = response.body
        response.body = ResponseBody(contentLength: length) { writer in
            defer { share.release() }
            try await body.write(writer)
        }
        return response
    }
}
