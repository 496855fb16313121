import BridgeSupport
import HTTPTypes
import Hummingbird

/// Asks for a key where keys are configured, but for routes that are open.
struct APIKeyMiddleware: RouterMiddleware {
    let keys: [[UInt8]]

    init(keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        // Browsers ask by OPTIONS, without a key, whether they may send one.
        guard !keys.isEmpty, context.policy.role != .open, request.method != .options else {
            return try await next(request, context)
        }
        // Any number of spaces may stand behind the scheme (RFC 9110, 11.4).
        let bearer = request.headers[.authorization].flatMap {
            $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7).drop { $0 == " " }) : nil
        }
        guard [request.headers[.apiKey], bearer].contains(where: { $0.map { isKnown(Array($0.utf8)) } ?? false }) else {
            throw ServiceError(
                .unauthorized,
                "This server asks for a key: send Authorization: Bearer KEY, or X-API-Key: KEY, with a key that its operator gave you."
            )
        }
        return try await next(request, context)
    }

    /// Takes as long for a wrong key as for a right one of the same length.
    private func isKnown(_ given: [UInt8]) -> Bool {
        var found = false
        for key in keys where key.count == given.count {
            found = zip(key, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 || found
        }
        return found
    }
}
