import BridgeRuntime
import CoreMetrics
import HTTPTypes

/// Counts the requests to one path by method and status. The usual ones have a counter from the start, so that counting takes no lock.
struct StatusCounters: Sendable {
    private struct Key: Hashable {
        var method: HTTPRequest.Method
        var status: Int
    }

    private static let usual = [200, 204, 400, 401, 403, 404, 413, 429, 499, 500, 503, 504]

    let meters: RouteMeters
    private let counters: [Key: Counter]

    init(_ meters: RouteMeters, methods: some Sequence<HTTPRequest.Method>) {
        self.meters = meters
        let keys = methods.flatMap { method in Self.usual.map { Key(method: method, status: $0) } }
        counters = Dictionary(uniqueKeysWithValues: keys.map { ($0, Self.counter(of: $0, meters)) })
    }

    func counter(_ method: HTTPRequest.Method, _ status: HTTPResponse.Status) -> Counter {
        let key = Key(method: method, status: status.code)
        return counters[key] ?? Self.counter(of: key, meters)
    }

    private static func counter(of key: Key, _ meters: RouteMeters) -> Counter {
        meters.requests([("method", name(of: key.method)), ("status", String(key.status))])
    }

    /// Labels must be few: a client can invent methods.
    static func name(of method: HTTPRequest.Method) -> String { isUsual(method) ? method.rawValue : "OTHER" }

    static func isUsual(_ method: HTTPRequest.Method) -> Bool {
        [.get, .post, .head, .put, .patch, .delete, .options, .trace].contains(method)
    }
}
