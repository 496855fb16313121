import NIOHTTP1

extension HTTPRequestHead {
    /// A request for a whole address (`GET http://host/path`) as one for a path, with the host that it names: that one counts, and not
    /// `Host` (RFC 9112, 3.2.2). Whoever checks hosts, or looks for a route, sees one host and one path then.
    ///
    /// How many hosts the client named is left as it was, which must be one. An address that is none of HTTP, or names no host, stands in
    /// `Host` as it is, where it is no name of any server.
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
