import BridgeRuntime
import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, BridgeContext) async throws -> Response

/// The routes of the server: the one table for the router, the policies and the answers to other methods.
struct RouteTable: Sendable {
    struct Route: Sendable {
        var policy: RoutePolicy
        var handler: Handler
    }

    /// One path and its methods.
    struct Endpoint: Sendable {
        let path: RouterPath
        fileprivate(set) var routes: [HTTPRequest.Method: Route] = [:]
        /// For methods without a policy of their own: the policy of the method that was added first.
        fileprivate(set) var policy: RoutePolicy
        /// The value of the header Allow.
        fileprivate(set) var allowed = ""
        /// Counts its requests.
        fileprivate(set) var counters: StatusCounters

        func policy(of method: HTTPRequest.Method) -> RoutePolicy { routes[method]?.policy ?? policy }

        fileprivate mutating func add(_ route: Route, for method: HTTPRequest.Method) {
            routes[method] = route
            // HEAD is GET without its body, which the logging middleware leaves out.
            if method == .get { routes[.head] = route }
            counters = StatusCounters(counters.meters, methods: routes.keys)
            allowed = (routes.keys.map(\.rawValue) + ["OPTIONS"]).sorted().joined(separator: ", ")
        }

        fileprivate func matches(_ pieces: [Substring]) -> Bool {
            path.components.count == pieces.count && zip(path.components, pieces).allSatisfy { $0 ~= $1 }
        }
    }

    /// Keyed by the declared path.
    private var endpoints: [String: Endpoint] = [:]
    private let metrics: PrometheusMetrics
    /// Counts requests to paths that are not in the table.
    let unmatched: StatusCounters

    init(metrics: PrometheusMetrics) {
        self.metrics = metrics
        let meters = RouteMeters(metrics, door: "http", route: "unmatched", policy: RoutePolicy.unknown.request)
        unmatched = StatusCounters(meters, methods: [.get, .post])
    }

    mutating func add(_ method: HTTPRequest.Method, _ path: RouterPath, policy: RoutePolicy, handler: @escaping Handler)
    {
        var endpoint = endpoints[path.description] ?? newEndpoint(path, policy)
        endpoint.add(Route(policy: policy, handler: handler), for: method)
        endpoints[path.description] = endpoint
    }

    private func newEndpoint(_ path: RouterPath, _ policy: RoutePolicy) -> Endpoint {
        let meters = RouteMeters(metrics, door: "http", route: path.description, policy: policy.request)
        return Endpoint(path: path, policy: policy, counters: StatusCounters(meters, methods: []))
    }

    /// The endpoint that the router found, by its declared path; or, if that lacks the requested method, the endpoint that
    /// matches `path`.
    func endpoint(declared: String?, path: @autoclosure () -> String) -> Endpoint? {
        if let endpoint = declared.flatMap({ endpoints[$0] }) { return endpoint }
        let pieces = path().split(separator: "/")
        // If two match, the more specific one counts, as in the router.
        return endpoints.values.filter { $0.matches(pieces) }.min { $0.parameterCount < $1.parameterCount }
    }

    /// Adds each path to `router` with its methods and OPTIONS, which lists them. ``NotFoundMiddleware`` refuses all others.
    func register(on router: Router<BridgeContext>) {
        for endpoint in endpoints.values {
            for (method, route) in endpoint.routes {
                router.on(endpoint.path, method: method, use: route.handler)
            }
            router.on(endpoint.path, method: .options) { _, _ in
                Response(status: .noContent, headers: [.allow: endpoint.allowed])
            }
        }
    }
}

extension RouteTable.Endpoint {
    fileprivate var parameterCount: Int { path.components.count { $0.description.contains("{") } }
}
