/// What a Redis answers to a command.
public enum RedisValue: Sendable, Hashable {
    /// There is nothing.
    case null
    case integer(Int)
    /// A word of the server's, such as OK.
    case status(String)
    /// A refusal: a code in capital letters, and a sentence.
    case error(String)
    case bytes([UInt8])
    indirect case array([RedisValue])

    /// The code of a refusal, such as OOM; nil for anything else.
    public var errorCode: String? {
        guard case .error(let text) = self else { return nil }
        return String(text.prefix { $0 != " " })
    }
}
