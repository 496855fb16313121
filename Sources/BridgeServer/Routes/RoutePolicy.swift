import BridgeRuntime

/// What a route requires of a request, and what it grants: declared once, where the route is registered, and read by the middleware and
/// the handlers. No path is compared anywhere else.
struct RoutePolicy: Sendable, Hashable {
    /// What every door requires and counts.
    let request: RequestPolicy
    /// Bytes of a body; 0 if none is read.
    let bodyLimit: Int
    /// Bytes of a file that comes as the body, in a form, or as base64.
    let uploadLimit: Int
    /// Bytes of a body up to which the work is interactive, whatever the body says: where no more of that is taken, it need not be read.
    let interactiveLimit: Int
    /// Whether the route itself reserves memory for its answer, before the answer exists.
    let budgetsItsAnswer: Bool

    init(
        role: Role = .use, group: RequestPolicy.Group, cost: RequestPolicy.Cost = .request, bodyLimit: Int = 0,
        uploadLimit: Int = 0, interactiveLimit: Int = 0, budgetsItsAnswer: Bool = false
    ) {
        request = RequestPolicy(role: role, group: group, cost: cost)
        (self.bodyLimit, self.uploadLimit, self.interactiveLimit) = (bodyLimit, uploadLimit, interactiveLimit)
        self.budgetsItsAnswer = budgetsItsAnswer
    }

    /// For a path without a route: its answer must not tell a caller without a key that it does not exist.
    static let unknown = RoutePolicy(group: .documents)
}
