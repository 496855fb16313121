import BridgeRuntime
import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, BridgeContext) async throws -> Response

/// The routes of the server: the one table for the router, the policies and the answers to other methods.
struct RouteTable: Sendable {
    fileprivate struct Route: Sendable {
        var method: HTTPRequest.Method
        var policy: RoutePolicy
        var handler: Handler
    }

    /// One path and its methods. An object, because every request holds one: a struct that is copied counts the references to each of its parts,
    /// in memory that all cores share.
    final class Endpoint: Sendable {
        let path: RouterPath
        fileprivate let routes: [Route]
        /// The value of the header Allow.
        let allowed: String
        /// Counts its requests.
        let counters: StatusCounters

        fileprivate init(_ path: RouterPath, _ routes: [Route], meters: RouteMeters) {
            (self.path, self.routes) = (path, routes)
            let methods = routes.map(\.method)
            counters = StatusCounters(meters, methods: methods)
            allowed = (methods.map(\.rawValue) + ["OPTIONS"]).sorted().joined(separator: ", ")
        }

        /// For methods without a policy of their own: the policy of the method that was added first.
        func policy(of method: HTTPRequest.Method) -> RoutePolicy {
            routes[routes.firstIndex { $0.method == method } ?? 0].policy
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
        let known = endpoints[path.description]
        let meters =
            known?.counters.meters
            ?? RouteMeters(metrics, door: "http", route: path.description, policy: policy.request)
        // HEAD is GET without its body, which ``RequestMiddleware`` leaves out.
        let methods = method == .get ? [method, .head] : [method]
        let routes = methods.map { Route(method: $0, policy: policy, handler: handler) }
        endpoints[path.description] = Endpoint(path, (known?.routes ?? []) + routes, meters: meters)
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
            for route in endpoint.routes {
                router.on(endpoint.path, method: route.method, use: route.handler)
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
