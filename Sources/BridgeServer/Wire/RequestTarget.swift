import NIOHTTP1

extension HTTPRequestHead {
    /// A request for an absolute address (`GET http://host/path`) turned into one for a path, with the host of the address, which
    /// overrides `Host` (RFC 9112, 3.2.2). Code that checks hosts or looks for a route then sees one host and one path.
    ///
    /// The number of hosts that the client named, which must be one, stays unchanged. An address that is not HTTP, or that names no host,
    /// stays in `Host` as it is, where it is not the name of any server.
    mutating func resolveTarget() {
        guard uri.utf8.first != UInt8(ascii: "/"), let colon = uri.firstIndex(of: ":"),
            let start = uri[colon...].hasPrefix("://") ? uri.index(colon, offsetBy: 3) : nil
        else { return }
        let end = uri[start...].firstIndex { "/?#".contains($0) } ?? uri.endIndex
        let isOfHTTP = ["http", "https"].contains(uri[..<colon].lowercased())
        let host = isOfHTTP && start < end ? uri[start..<end] : uri[..<end]
        if headers["Host"].count == 1 { headers.replaceOrAdd(name: "Host", value: String(host)) }
        uri = (uri[end...].first == "/" ? "" : "/") + uri[end...]
    }
}
