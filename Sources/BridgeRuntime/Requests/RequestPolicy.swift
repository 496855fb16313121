/// What a kind of request requires of its sender, and how it counts, whichever door it comes through. Declared once, where a door declares
/// what it takes.
///
/// ``Runtime/admit(_:of:)`` compares it with the caller; ``Runtime/close(_:_:)`` knows what the request came to.
public struct RequestPolicy: Sendable, Hashable {
    /// Requests that are counted together.
    public enum Group: Sendable, Hashable {
        /// Questions about the server's health, every few seconds.
        case probes
        case documents
        /// Work of a bridge, which may be switched off.
        case bridge(Bridge)
    }

    /// How the size of a request is measured.
    public enum Cost: Sendable, Hashable {
        /// Free: it is answered even when no more connections are served.
        case nothing
        case request
        /// What the request contains; it counts as one request as well.
        case tokens, audioSeconds, characters, texts
    }

    /// The role that its sender needs.
    public let role: Role
    /// The group that it is counted in.
    public let group: Group
    /// How it is measured.
    public let cost: Cost

    /// By default a key is asked for, where there are keys, and the request counts as one.
    public init(role: Role = .use, group: Group, cost: Cost = .request) {
        (self.role, self.group, self.cost) = (role, group, cost)
    }

    /// The bridge that does the work.
    public var bridge: Bridge? { if case .bridge(let bridge) = group { bridge } else { nil } }
}
