import BridgeRuntime
import BridgeTesting
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct AddressTests {
    /// An address that stands for all addresses cannot be called.
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("0", "127.0.0.1"), ("::", "[::1]"), ("[::]", "[::1]"),
        ("0:0::0", "[::1]"), ("fd00::7", "[fd00::7]"), ("maison.example", "maison.example"),
    ])
    func theAddressThatIsShownCanBeCalled(host: String, shown: String) throws {
        let configuration = try BridgeConfiguration.loadAlone(environment: [:], flags: ["host": host])
        #expect(configuration.address(port: 8005) == "http://\(shown):8005")
    }
}
