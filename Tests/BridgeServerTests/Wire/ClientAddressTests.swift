import BridgeRuntime
import BridgeSupport
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct ClientAddressTests {
    private func client(
        _ peer: String, _ values: [String], header: Keys.ProxyHeader = .list,
        trusted: [String] = ["10.0.0.0/8", "::1"]
    ) throws -> String {
        try ClientAddress(trusted: trusted.compactMap(NetworkRange.init), header: header)
            .client(peer: #require(NetworkAddress(peer)), values: values).customer
    }

    @Test func onlyTrustedProxiesAreBelieved() throws {
        #expect(try client("192.0.2.1", ["198.51.100.7"]) == "192.0.2.1")
        #expect(try client("10.0.0.1", ["198.51.100.7"], trusted: []) == "10.0.0.1")
        #expect(try client("10.0.0.1", ["198.51.100.7"]) == "198.51.100.7")
    }

    /// What a client wrote itself stands in front of what the proxies have added.
    @Test func theListIsReadFromItsEnd() throws {
        #expect(try client("10.0.0.1", ["1.1.1.1, 198.51.100.7"]) == "198.51.100.7")
        #expect(try client("10.0.0.1", ["1.1.1.1", "198.51.100.7, 10.0.0.9"]) == "198.51.100.7")
        #expect(try client("10.0.0.1", ["10.0.0.8, 10.0.0.9"]) == "10.0.0.8")
        #expect(try client("10.0.0.1", []) == "10.0.0.1")
    }

    @Test func nonsenseIsBelievedNoFurther() throws {
        #expect(try client("10.0.0.1", ["1.1.1.1, unknown, 10.0.0.9"]) == "10.0.0.9")
        #expect(try client("10.0.0.1", [",,,"]) == "10.0.0.1")
        #expect(try client("10.0.0.1", [String(repeating: "10.0.0.2,", count: 5000) + "10.0.0.3"]) == "10.0.0.2")
    }

    @Test func forwardedIsReadAsItsStandardSays() throws {
        #expect(try client("::1", ["for=192.0.2.60;proto=http;by=203.0.113.43"], header: .forwarded) == "192.0.2.60")
        #expect(
            try client("::1", ["for=1.1.1.1", #"proto=https; For="[2001:db8:cafe::17]:4711""#], header: .forwarded)
                == "2001:0db8:cafe:0000::/64")
        #expect(try client("::1", [#"for="x, for=198.51.100.7"#], header: .forwarded) == "198.51.100.7")
        #expect(try client("10.0.0.1", ["for=1.1.1.1, for=_hidden"], header: .forwarded) == "10.0.0.1")
        #expect(try client("10.0.0.1", ["1.1.1.1"], header: .forwarded) == "10.0.0.1")
    }
}
