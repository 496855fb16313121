import Hummingbird

/// Refuses a request that breaks a rule before any work is done for it, or notes in its context what the rest of the request needs.
protocol RequestCheck: Sendable {
    /// - Throws: the refusal.
    func check(_ request: Request, _ context: inout BridgeContext) async throws
}

/// Runs checks one after another. One layer does it for all of them, because each layer costs a copy of the request and an async call.
struct RequestChecks: RouterMiddleware {
    let checks: [any RequestCheck]

    init(_ checks: any RequestCheck...) { self.checks = checks }

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        try await check(request, &context)
        return try await next(request, context)
    }

    /// Does all of them, for a layer that has work of its own as well.
    func check(_ request: Request, _ context: inout BridgeContext) async throws {
        for check in checks { try await check.check(request, &context) }
    }
}
