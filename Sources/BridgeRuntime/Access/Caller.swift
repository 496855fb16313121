/// What a caller may do, and what a request requires of its sender. Each role includes the roles before it.
public enum Role: Int, Sendable, Hashable, Comparable {
    /// What anybody may do without a key: a supervisor that restarts the server has none.
    case open
    /// What a caller with a key may do, where there are keys.
    case use
    /// What changes the server for everybody: its models, its cache, its lexicon.
    case admin

    /// The roles that a key may have.
    public static let ofKeys = [Role.use, .admin]

    /// A role that a key may have, by its name; nil for any other text.
    public init?(ofKey name: String) {
        guard let role = Self.ofKeys.first(where: { "\($0)" == name }) else { return nil }
        self = role
    }

    /// A role is less than one that may do more.
    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// Who asks. It goes into the account of the request, so it contains nothing of a key.
public struct Caller: Sendable, Hashable {
    /// The name under which requests are counted.
    public let name: String
    /// What it may do.
    public let role: Role
    /// The bridges that it may use; nil for all of them.
    public let bridges: Set<Bridge>?
    /// What it may use of them, in place of what all may use.
    package let limits: RateRules

    init(name: String, role: Role, bridges: Set<Bridge>? = nil, limits: RateRules = RateRules()) {
        (self.name, self.role, self.bridges, self.limits) = (name, role, bridges, limits)
    }

    /// Whether it has shown a key, which tells it from all others.
    package var hasKey: Bool { name != Self.stranger.name }

    /// A caller that has shown no known key.
    package static let stranger = Caller(name: "anyone", role: .open)
    /// Any caller of a server without keys.
    static let anyone = Caller(name: stranger.name, role: .admin)
}
