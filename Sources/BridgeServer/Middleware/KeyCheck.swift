import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Finds out who asks, and refuses callers without the required role: where keys are configured, all but open routes need one.
struct KeyCheck: RequestCheck {
    let callers: Callers

    func check(_ request: Request, _ context: inout BridgeContext) throws {
        context.caller = callers.caller(showing: Self.keys(request))
        // Browsers ask with OPTIONS, without a key, whether they may send one.
        guard context.caller.role >= context.policy.request.role || request.method == .options else {
            throw ServiceError(
                .unauthorized,
                "This server asks for a key: send Authorization: Bearer KEY, or X-API-Key: KEY, with a key that its operator gave you."
            )
        }
    }

    private static func keys(_ request: Request) -> [String] {
        // Any number of spaces may follow the scheme (RFC 9110, 11.4).
        let bearer = request.headers[.authorization].flatMap {
            $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7).drop { $0 == " " }) : nil
        }
        return [request.headers[.apiKey], bearer].compactMap(\.self)
    }
}
