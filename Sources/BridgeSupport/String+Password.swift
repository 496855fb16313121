extension String {
    /// An address without what precedes its last "@" (a user and a password, well-formed or not) and without its query,
    /// which may hold a key. The scheme stays.
    public var maskingPassword: String {
        guard let host = unicodeScalars.lastIndex(of: "@") else { return maskingQuery }
        let scheme = prefixMatch(of: /[A-Za-z][A-Za-z0-9+.\-]*:\/\//)?.output ?? ""
        return scheme + "********" + String(self[host...]).maskingQuery
    }

    private var maskingQuery: String {
        guard let query = unicodeScalars.firstIndex(of: "?") else { return self }
        return self[..<query] + "?********"
    }
}
