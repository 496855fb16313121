/// What a kind of request asks of whoever sends it, and how it counts, whichever door it comes through. Said once, where a door declares
/// what it takes.
///
/// Limits per caller belong here: a limiter charges `cost` to the caller's `group`.
public struct RequestPolicy: Sendable, Hashable {
    /// Requests that are counted together.
    public enum Group: Sendable, Hashable {
        /// How the server is; asked every few seconds.
        case probes
        case documents
        /// The work of a bridge, which may be switched off.
        case bridge(Bridge)
    }

    /// What a request is measured by.
    public enum Cost: Sendable, Hashable {
        /// Nothing: it is answered even where no more connections are served.
        case nothing
        case request
        /// What the request brings, beside that it is one.
        case tokens, audioSeconds, characters, texts
    }

    /// Who may send it.
    public let role: Role
    /// What it is counted with.
    public let group: Group
    /// What it is measured by.
    public let cost: Cost

    public init(role: Role = .use, group: Group, cost: Cost = .request) {
        (self.role, self.group, self.cost) = (role, group, cost)
    }

    /// The bridge that works for it.
    public var bridge: Bridge? { if case .bridge(let bridge) = group { bridge } else { nil } }
}
