import BridgeRuntime

/// What a route asks of a request, and what it grants: said once, where the route is registered, and read by the middleware and the
/// handlers. Nothing else goes by paths.
struct RoutePolicy: Sendable, Hashable {
    /// What every door asks and counts.
    let request: RequestPolicy
    /// Bytes of a body; 0 where none is read.
    let bodyLimit: Int
    /// Bytes of a file that comes as the body, in a form, or as base64.
    let uploadLimit: Int
    /// Whether the route itself takes the memory of its answer from the budget, before the answer is there.
    let budgetsItsAnswer: Bool

    init(
        role: Role = .use, group: RequestPolicy.Group, cost: RequestPolicy.Cost = .request, bodyLimit: Int = 0,
        uploadLimit: Int = 0, budgetsItsAnswer: Bool = false
    ) {
        request = RequestPolicy(role: role, group: group, cost: cost)
        (self.bodyLimit, self.uploadLimit, self.budgetsItsAnswer) = (bodyLimit, uploadLimit, budgetsItsAnswer)
    }

    /// Of a path where there is nothing: its answer tells nobody without a key that this is so.
    static let unknown = RoutePolicy(group: .documents)
}
