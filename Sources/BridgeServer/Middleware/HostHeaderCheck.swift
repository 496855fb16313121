import BridgeSupport
import HTTPTypes
import Hummingbird

/// Refuses requests that name no host, or more than one (RFC 9112, 3.2): when a proxy and this server read the same request
/// differently, the rules of either can be evaded.
struct HostHeaderCheck: RequestCheck {
    func check(_ request: Request, _ context: inout BridgeContext) throws {
        // The first Host becomes the authority; any others stay among the headers.
        guard let authority = request.head.authority,
            !request.headers.contains(where: { $0.name.canonicalName == "host" })
        else {
            throw ServiceError.invalid("Host", "A request of HTTP/1.1 must have one Host header, not none or several.")
        }
        guard authority.utf8.allSatisfy({ Self.isOfHosts[Int($0)] }) else {
            throw ServiceError.invalid("Host", "Host must be a name or an address, perhaps with a port.")
        }
    }

    /// For each byte, whether it is a letter, a digit, or another character of names, addresses and ports (RFC 3986, 3.2.2).
    private static let isOfHosts: [Bool] = {
        let letters = [UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z")].joined()
        let others = (UInt8(ascii: "0")...UInt8(ascii: "9")) + Array("-._~%!$&'()*+,;=:[]".utf8)
        let taken = Set(letters).union(others)
        return (0...UInt8.max).map(taken.contains)
    }()
}
