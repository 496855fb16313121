import BridgeSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func aValidHeaderIsKept() {
        let trace = TraceContext(parent: Self.parent, state: "congo=t61rcWkgMzE")
        #expect(trace?.parent == Self.parent && trace?.state == "congo=t61rcWkgMzE")
        #expect(trace?.id == "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    @Test func aLaterVersionMaySayMore() {
        let trace = TraceContext(parent: "01" + Self.parent.dropFirst(2) + "-more", state: nil)
        #expect(trace?.parent == "01" + Self.parent.dropFirst(2))
    }

    @Test(arguments: [
        "", "00", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7\r\n-1",
    ])
    func whatIsNotValidIsIgnored(_ header: String) {
        #expect(TraceContext(parent: header, state: nil) == nil)
    }

    @Test func aStateThatCouldHarmHeadersIsLeftOut() {
        #expect(TraceContext(parent: Self.parent, state: "a=b\r\nX: y").map { $0.state == nil } == true)
        #expect(
            TraceContext(parent: Self.parent, state: String(repeating: "a", count: 513)).map { $0.state == nil } == true
        )
    }
}
