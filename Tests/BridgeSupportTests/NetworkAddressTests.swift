import Testing

@testable import BridgeSupport

@Suite(.timeLimit(.minutes(1))) struct NetworkAddressTests {
    @Test func addressesAreReadWithOrWithoutAPort() {
        let old = NetworkAddress("192.0.2.7")
        for text in ["192.0.2.7:80", " 192.0.2.7 ", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:80"] {
            #expect(old != nil && NetworkAddress(text) == old, "\(text)")
        }
        let new = NetworkAddress("2001:db8::1")
        for text in ["[2001:db8::1]", "[2001:DB8:0::1]:443", "2001:db8::1%eth0"] {
            #expect(new != nil && NetworkAddress(text) == new, "\(text)")
        }
    }

    @Test(arguments: [
        "", "unknown", "_hidden", "192.0.2", "192.0.2.256", "1.2.3.4:x", "[1.2.3.4]", "[::1", "::1]", "1.2.3.4:",
    ])
    func whatIsNoAddressIsRefused(_ text: String) { #expect(NetworkAddress(text) == nil) }

    @Test func aCustomerHasOneIPv4AddressAnd64BitsOfIPv6() {
        #expect(NetworkAddress("192.0.2.7")?.customer == "192.0.2.7")
        let one = NetworkAddress("2001:db8:1:2:3:4:5:6")?.customer
        #expect(one == "2001:0db8:0001:0002::/64" && NetworkAddress("2001:db8:1:2::9")?.customer == one)
        #expect(NetworkAddress("2001:db8:1:3::9")?.customer != one)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.4", false), ("172.16.0.0/12", "172.31.255.255", true),
        ("172.16.0.0/12", "172.32.0.0", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("::1", "::1", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fc00::1", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
    ])
    func rangesContainWhatBeginsAlike(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(NetworkRange(range)).contains(try #require(NetworkAddress(address))) == isIn)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "a/8", "10.0.0.0/", "/8"])
    func whatIsNoRangeIsRefused(_ text: String) { #expect(NetworkRange(text) == nil) }
}
