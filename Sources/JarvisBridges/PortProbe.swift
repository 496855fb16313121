import BridgeRuntime
import BridgeSupport
import Foundation

/// Whether it is possible to listen on an address right now.
enum PortProbe {
    enum Result {
        case free, inUse
        case failed(String)
    }

    /// - Throws: `invalid_request` if it is not possible to listen on the address.
    static func check(host: String, port: Int) throws {
        switch probe(host: host, port: port) {
        case .free: break
        case .inUse: throw ServiceError.portInUse(port)
        case .failed(let reason): throw ServiceError.invalid("host", sentence(reason, host: host, port: port))
        }
    }

    static func sentence(_ reason: String, host: String, port: Int) -> String {
        "\(host):\(port) cannot be listened on: \(reason). Check host and port in the configuration."
    }

    static func probe(host: String, port: Int) -> Result {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0, let address = list else { return .failed(String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(list) }
        let descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { return .failed(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        // As in servers: a port that only waits for old connections to fade counts as free.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        if bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return .free }
        return errno == EADDRINUSE ? .inUse : .failed(String(cString: strerror(errno)))
    }
}
