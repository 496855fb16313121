import NIOHTTP1

/// Whether a request offers to switch to another protocol. NIO's parser then stops at its end, to leave the rest to the code for that
/// protocol; there is no such code here.
enum UpgradeOffer {
    case none
    /// The parser stops for certain.
    case clear
    /// The parser may or may not stop.
    case unclear

    /// - Parameter hasUpgrade: whether there is a field of that name in the head.
    init(_ head: HTTPRequestHead, hasUpgrade: Bool) {
        guard head.method == .CONNECT || hasUpgrade else {
            self = .none
            return
        }
        let (upgrade, connection) = (head.headers["Upgrade"], head.headers["Connection"])
        let tokens = connection.flatMap { $0.split(separator: ",") }.map {
            $0.trimmingPrefix { $0 == " " }.lowercased()
        }
        // Whatever follows a CONNECT is not HTTP, or is a client's mistake.
        if head.method == .CONNECT {
            self = .unclear
        } else if connection.count == 1, upgrade.allSatisfy({ !$0.isEmpty }), tokens.contains("upgrade") {
            self = .clear
        } else {
            self = .unclear
        }
    }
}
