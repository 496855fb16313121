extension String {
    /// An address without what stands in front of its last "@": a user and a password, well written or not. The scheme stays.
    public var maskingPassword: String {
        guard let host = unicodeScalars.lastIndex(of: "@") else { return self }
        let scheme = prefixMatch(of: /[A-Za-z][A-Za-z0-9+.\-]*:\/\//)?.output ?? ""
        return scheme + "********" + self[host...]
    }
}
