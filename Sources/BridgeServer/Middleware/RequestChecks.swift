import Hummingbird

/// Refuses a request that breaks a rule before any work is done for it, or notes in its context what the rest of the request needs.
protocol RequestCheck: Sendable {
    /// - Throws: the refusal.
    func check(_ request: Request, _ context: inout BridgeContext) async throws
}

/// Checks that are done one after another, by middleware that has work of its own as well: each layer costs a copy of the request and an
/// async call.
struct RequestChecks: Sendable {
    let checks: [any RequestCheck]

    init(_ checks: any RequestCheck...) { self.checks = checks }

    /// - Throws: the first refusal.
    func check(_ request: Request, _ context: inout BridgeContext) async throws {
        for check in checks { try await check.check(request, &context) }
    }
}
