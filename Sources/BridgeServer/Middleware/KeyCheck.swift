import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Finds out who asks, by the key that was shown, and has the runtime let the request in or refuse it.
struct KeyCheck: Sendable {
    private let runtime: Runtime
    private let clients: ClientAddress

    init(runtime: Runtime) {
        self.runtime = runtime
        clients = ClientAddress(runtime.services.configuration)
    }

    /// - Returns: whether a limit counts the request; if so, ``count(_:_:)`` must follow.
    /// - Throws: `unauthorized`, `forbidden`.
    func check(_ request: Request, _ context: BridgeContext) throws -> Bool {
        let caller = runtime.keys.caller(showing: runtime.keys.asksForKey ? Self.keys(request) : [])
        context.record.note(caller)
        // Browsers ask with OPTIONS, without a key, whether they may send one.
        guard request.method != .options else { return false }
        do {
            try runtime.admit(context.policy.request, of: caller)
        } catch  where error.code == .unauthorized {
            throw ServiceError(
                .unauthorized,
                "This server asks for a key: send Authorization: Bearer KEY, or X-API-Key: KEY, with a key that its operator gave you."
            )
        }
        return runtime.limits(context.policy.request, of: caller)
    }

    /// Apart from the check, because few requests are counted and only this may wait.
    ///
    /// - Throws: `rate_limited`.
    func count(_ request: Request, _ context: BridgeContext) async throws {
        let address = clients.payer(of: request, on: context.channel)
        try await runtime.take(
            context.policy.request, of: context.record.snapshot.caller, at: address, record: context.record)
    }

    private static func keys(_ request: Request) -> [String] {
        // Any number of spaces may follow the scheme (RFC 9110, 11.4).
        let bearer = request.headers[.authorization].flatMap {
            $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7).drop { $0 == " " }) : nil
        }
        return [request.headers[.apiKey], bearer].compactMap(\.self)
    }
}
