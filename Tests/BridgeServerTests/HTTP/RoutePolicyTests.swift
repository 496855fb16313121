import BridgeRuntime
import HTTPTypes
import Hummingbird
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct RoutePolicyTests {
    private static let probe = RoutePolicy(role: .open, group: .probes, cost: .nothing)

    private static let table: RouteTable = {
        let answer: Handler = { _, _ in Response(status: .ok) }
        var table = RouteTable(metrics: PrometheusMetrics())
        table.add(.get, "/health", policy: probe, handler: answer)
        table.add(.get, "/api/things", policy: RoutePolicy(group: .bridge(.llm)), handler: answer)
        let change = RoutePolicy(role: .admin, group: .bridge(.llm), bodyLimit: 7)
        table.add(.delete, "/api/things", policy: change, handler: answer)
        table.add(.get, "/api/{name}", policy: RoutePolicy(group: .documents), handler: answer)
        return table
    }()

    private func policy(_ method: HTTPRequest.Method, _ path: String) -> RoutePolicy? {
        Self.table.endpoint(declared: nil, path: path)?.policy(of: method)
    }

    @Test func aMethodHasThePolicyOfItsRoute() {
        #expect(policy(.get, "/health") == Self.probe && policy(.head, "/health") == Self.probe)
        #expect(
            policy(.get, "/api/things")?.request.role == .use && policy(.delete, "/api/things")?.request.role == .admin)
        // One that the path has not: the policy of the first.
        #expect(policy(.put, "/api/things")?.request.role == .use && policy(.options, "/health")?.request.role == .open)
    }

    /// Slashes beyond one are nothing to the router, and of two paths the one that spells more out counts.
    @Test func pathsMatchAsInTheRouter() {
        #expect(policy(.get, "//health/") == Self.probe)
        #expect(
            policy(.get, "/api//things")?.request.bridge == .llm
                && policy(.get, "/api/other")?.request.group == .documents)
        #expect(policy(.get, "/") == nil && policy(.get, "/api/things/more") == nil && policy(.get, "/Health") == nil)
        #expect(Self.table.endpoint(declared: "/api/things", path: "")?.allowed == "DELETE, GET, HEAD, OPTIONS")
        #expect(Self.table.endpoint(declared: "NotFound", path: "/health")?.path.description == "/health")
    }

    /// What the routes of this server ask and grant.
    @Test func everyRouteSaysWhatItAsks() throws {
        let server = try TestServer()
        let dependencies = RouteDependencies(runtime: server.runtime, connections: ConnectionWatch(limit: 8))
        let routes = try routeTable(dependencies)
        func policy(_ path: String, _ method: HTTPRequest.Method) -> RoutePolicy? {
            routes.endpoint(declared: path, path: path)?.policy(of: method)
        }
        for path in ["/health", "/ready"] { #expect(policy(path, .get) == Self.probe) }
        #expect(policy("/metrics", .get) == RoutePolicy(group: .probes, cost: .nothing))
        let text = dependencies.textLimit
        for (path, bridge, cost, interactive) in [
            ("/api/llm/generate", Bridge.llm, RequestPolicy.Cost.tokens, text), ("/api/llm/chat", .llm, .tokens, text),
            ("/api/tts/synthesize", .tts, .characters, 250), ("/api/embeddings/embed", .embeddings, .texts, text),
            ("/api/embeddings/embed-batch", .embeddings, .texts, 0),
        ] {
            let expected = RoutePolicy(
                group: .bridge(bridge), cost: cost, bodyLimit: text, interactiveLimit: interactive,
                budgetsItsAnswer: bridge == .tts)
            #expect(policy(path, .post) == expected, "\(path)")
        }
        let speech = policy("/api/stt/transcribe", .post)
        #expect(speech?.bodyLimit == dependencies.encodedAudioLimit && speech?.uploadLimit == dependencies.audioLimit)
        for path in ["/api/models/{id}/load", "/api/models/{id}/unload", "/api/models/fake/{id}/load"] {
            #expect(policy(path, .post)?.request == RequestPolicy(role: .admin, group: .documents), "\(path)")
        }
        #expect(policy("/api/models", .get)?.request == RequestPolicy(group: .documents))
        #expect(policy("/api/models/defaults", .put)?.request.role == .admin)
        #expect(policy("/api/models/{id}", .delete)?.request.role == .admin)
        #expect(policy("/api/embeddings/cache", .get)?.request.role == .use)
        #expect(policy("/api/embeddings/cache", .delete)?.request.role == .admin)
    }
}
