import BridgeRuntime
import Hummingbird

/// The memory that the bodies of requests and answers take together: of a request from its first byte to its answer, of an answer until its
/// last byte is written. A slow client must not make the server hold an unbounded amount of it.
struct BodyBudgets: Sendable {
    let requests: MemoryBudget
    let answers: MemoryBudget

    /// The answer of `next`; its length counts until its last byte is written.
    ///
    /// - Throws: `overloaded`, what `next` throws.
    func answer(
        _ request: Request, _ context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        let policy = context.policy
        // Where the limit is 0, no body is read or asked for.
        guard policy.bodyLimit > 0 else { return try counted(try await next(request, context), policy) }
        let request = request.askingForItsBody(on: context.channel)
        let response = try await withCountedBody(of: request, policy) { try await next($0, context) }
        return try counted(response, policy)
    }

    private func withCountedBody(
        of request: Request, _ policy: RoutePolicy, _ next: (Request) async throws -> Response
    ) async throws -> Response {
        let share = MemoryBudget.Share(of: requests)
        defer { share.release() }
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        // A body over the limit of its route is refused there, however much room there is.
        if announced <= policy.bodyLimit { try share.expect(announced) }
        var request = request
        request.body = RequestBody(
            asyncSequence: request.body.map { piece in
                try share.take(piece.readableBytes)
                return piece
            })
        return try await next(request)
    }

    private func counted(_ response: Response, _ policy: RoutePolicy) throws -> Response {
        guard let length = response.body.contentLength, length > ResponseBody.atOnce, !policy.budgetsItsAnswer
        else { return response }
        let share = MemoryBudget.Share(of: answers)
        try share.take(length)
        var response = response
        let body = response.body
        response.body = ResponseBody(contentLength: length) { writer in
            defer { share.release() }
            try await body.write(writer)
        }
        return response
    }
}
