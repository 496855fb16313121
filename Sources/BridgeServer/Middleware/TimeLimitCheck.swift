import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Reads the time limit that a client sets for its request (`X-Request-Timeout`, in seconds), so that it can end sooner than the
/// configuration's limits: a voice assistant says "sorry" after five seconds, and nothing goes on computing for it.
enum TimeLimitCheck {
    /// - Returns: nil if the client leaves the time to the server.
    /// - Throws: `invalid_request`.
    static func limit(of request: Request) throws -> RequestScope.RequestedTime? {
        let name = HTTPField.Name.requestTimeout
        guard let text = request.headers[name] else { return nil }
        guard let limit = limit(text) else {
            throw ServiceError.invalid(
                name.rawName, "\(name.rawName) must be a number of seconds above 0, such as 5 or 2.5.")
        }
        return .init(limit: limit, name: name.rawName)
    }

    /// A number in JSON's syntax; nil for anything else, and for numbers that are not above 0.
    static func limit(_ text: String) -> Duration? {
        // `Double` would also accept hexadecimal numbers, "inf" and "nan".
        guard text.utf8.allSatisfy("0123456789.eE+-".utf8.contains), let seconds = Double(text), seconds > 0
        else { return nil }
        // No limit of the configuration is longer than a day, and far larger numbers would not fit into a duration.
        return .seconds(min(seconds, 1e6))
    }
}
