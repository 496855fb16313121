import BridgeRuntime
import BridgeTesting
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct CallerTests {
    /// Who the handlers of a server with the keys "first" and "second" take the caller for.
    private func caller(_ headers: HTTPFields, of policy: RoutePolicy) throws -> Caller {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/", headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        var context = BridgeContext(source: .init(channel: EmbeddedChannel(), logger: Logger(label: "test")))
        context.policy = policy
        try KeyCheck(callers: Callers(keys: ["first", "second"])).check(request, &context)
        return context.caller
    }

    @Test func theCallerGoesWithTheRequest() throws {
        let work = RoutePolicy(group: .bridge(.llm))
        #expect(try caller([.apiKey: "second"], of: work).name == "key-2")
        #expect(try caller([.authorization: "Bearer first"], of: work).name == "key-1")
        #expect(try caller([.apiKey: "first"], of: RoutePolicy(role: .admin, group: .probes)).role == .admin)
        let open = RoutePolicy(role: .open, group: .probes)
        #expect(try caller([:], of: open).name == "anyone")
        #expect(try caller([.apiKey: "second"], of: open).name == "key-2")
    }
}
