import BridgeRuntime
import BridgeTesting
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct CallerTests {
    private static let (first, second) = ("first-key-of-22-characters", "second-key-of-22-characters")

    /// Who a server with two keys takes the caller for.
    private func caller(_ headers: HTTPFields, of policy: RoutePolicy) async throws -> Caller {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/", headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        var context = context()
        context.policy = policy
        let settings = ["data_dir": TestData.nowhere.path, "api_keys": "\(Self.first),\(Self.second)"]
        let configuration = try BridgeConfiguration.loadAlone(environment: [:], flags: settings)
        let logger = Logger(label: "test")
        let runtime = try Runtime(BridgeServices.make(configuration: configuration, logger: logger), logger: logger)
        #expect(try !KeyCheck(runtime: runtime).check(request, context))
        return context.record.snapshot.caller
    }

    /// Such a channel may not be made in an async function.
    private func context() -> BridgeContext {
        BridgeContext(source: .init(channel: EmbeddedChannel(), logger: Logger(label: "test")))
    }

    @Test func theCallerGoesWithTheRequest() async throws {
        let work = RoutePolicy(group: .bridge(.llm))
        #expect(try await caller([.apiKey: Self.second], of: work).name == "key-2")
        #expect(try await caller([.authorization: "Bearer \(Self.first)"], of: work).name == "key-1")
        #expect(try await caller([.apiKey: Self.first], of: RoutePolicy(role: .admin, group: .probes)).role == .admin)
        let open = RoutePolicy(role: .open, group: .probes)
        #expect(try await caller([:], of: open).name == "anyone")
        #expect(try await caller([.apiKey: Self.second], of: open).name == "key-2")
    }
}
