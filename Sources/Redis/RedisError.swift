/// Why a command has no answer. Holds nothing of keys, values and passwords.
public enum RedisError: Error, Sendable, Hashable {
    /// The breaker is open: nothing was sent.
    case unavailable
    case timedOut
    /// It cannot be reached, or has hung up; with the system's words.
    case connection(String)
    /// It refuses this client whatever it asks; with its words.
    case refused(String)
    /// What came is not a Redis, or has no bound.
    case protocolViolation(String)

    /// The end of a sentence that says why Redis cannot be used.
    public var reason: String {
        switch self {
        case .unavailable: "it failed a moment ago"
        case .timedOut: "it did not answer in time"
        case .connection(let words): "it cannot be reached: \(words)"
        case .refused(let words): "it refuses this server: \(words)"
        case .protocolViolation(let words): "what answers does not speak as Redis does: \(words)"
        }
    }
}
