import Hummingbird

/// Refuses a request that breaks a rule, before anything is done for it, or notes in its context what all that follows goes by.
protocol RequestCheck: Sendable {
    /// - Throws: the refusal.
    func check(_ request: Request, _ context: inout BridgeContext) throws
}

/// Makes checks one after the other. One layer does it for all of them: each layer costs a copy of the request and an asynchronous call.
struct RequestChecks: RouterMiddleware {
    let checks: [any RequestCheck]

    init(_ checks: any RequestCheck...) { self.checks = checks }

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        for check in checks { try check.check(request, &context) }
        return try await next(request, context)
    }
}
