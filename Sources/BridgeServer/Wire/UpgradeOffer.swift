import NIOHTTP1

/// Whether a request offers to go on in another protocol. NIO's parser then stops at its end, to leave the rest to whoever speaks that
/// protocol, which is nobody here.
enum UpgradeOffer {
    case none
    /// The parser stops for certain.
    case clear
    /// It may stop or not.
    case unclear

    init(_ head: HTTPRequestHead) {
        let (upgrade, connection) = (head.headers["Upgrade"], head.headers["Connection"])
        let tokens = connection.flatMap { $0.split(separator: ",") }.map {
            $0.trimmingPrefix { $0 == " " }.lowercased()
        }
        // What follows a CONNECT is no HTTP, or is a client's slip.
        if head.method == .CONNECT {
            self = .unclear
        } else if upgrade.isEmpty {
            self = .none
        } else if connection.count == 1, upgrade.allSatisfy({ !$0.isEmpty }), tokens.contains("upgrade") {
            self = .clear
        } else {
            self = .unclear
        }
    }
}
