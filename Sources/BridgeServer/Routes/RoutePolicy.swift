import BridgeRuntime

/// What a route asks of a request, and what it grants: said once, where the route is registered, and read by the middleware and the
/// handlers. Nothing else goes by paths.
///
/// Limits per caller and roles of keys belong here: a limiter charges `cost` to the caller's `group`, and the middleware that checks
/// keys compares their role with `role`.
struct RoutePolicy: Sendable, Hashable {
    /// Who may call.
    enum Role: Sendable, Hashable {
        /// Anybody: whoever restarts the server has no key.
        case open
        /// Everybody who has a key, where keys are configured.
        case use
        /// As `use`, since keys have no roles yet: what changes the server for everybody.
        case admin
    }

    /// Routes that are counted together.
    enum Group: Sendable, Hashable {
        /// How the server is; asked every few seconds.
        case probes
        case documents
        /// The work of a bridge, which may be switched off.
        case bridge(Bridge)
    }

    /// What a request is measured by.
    enum Cost: Sendable, Hashable {
        /// Nothing: it is answered even where no more connections are served.
        case nothing
        case request
        /// What the request brings, beside that it is one.
        case tokens, audioSeconds, characters, texts
    }

    var role = Role.use
    var group: Group
    var cost = Cost.request
    /// Bytes of a body; 0 where none is read.
    var bodyLimit = 0
    /// Bytes of a file that comes as the body, in a form, or as base64.
    var uploadLimit = 0

    var bridge: Bridge? { if case .bridge(let bridge) = group { bridge } else { nil } }

    /// Of a path where there is nothing: its answer tells nobody without a key that this is so.
    static let unknown = RoutePolicy(group: .documents)
}
