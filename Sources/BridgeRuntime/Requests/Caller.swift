/// What somebody may do, and what a request asks of whoever sends it. Each includes what stands before it.
public enum Role: Int, Sendable, Hashable, Comparable {
    /// What anybody may: whoever restarts the server has no key.
    case open
    /// What everybody may who has a key, where keys are configured.
    case use
    /// What changes the server for everybody. All keys have this role, as none can be given another yet.
    case admin

    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// Who asks. It goes with the request through all that is done for it, so that nothing of a key is in it.
public struct Caller: Sendable, Hashable {
    /// What it is called where requests are counted.
    public let name: String
    /// What it may do.
    public let role: Role

    /// Whoever has shown no key that is known.
    package static let stranger = Caller(name: "anyone", role: .open)
}

/// Who may call, by the keys of the configuration.
package struct Callers: Sendable {
    private let keys: [[UInt8]]

    /// - Parameter keys: none where everybody may do everything.
    package init(keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

    /// Who shows these keys: whoever has the first of them that is known. A caller is called by the place of its key in the
    /// configuration, which gives nothing of the key away.
    package func caller(showing shown: [String]) -> Caller {
        guard !keys.isEmpty else { return Caller(name: Caller.stranger.name, role: .admin) }
        let places = shown.lazy.compactMap { place(of: Array($0.utf8)) }
        return places.first.map { Caller(name: "key-\($0 + 1)", role: .admin) } ?? .stranger
    }

    /// Takes as long for a wrong key as for a right one of the same length.
    private func place(of shown: [UInt8]) -> Int? {
        var found: Int?
        for (place, key) in keys.enumerated() where key.count == shown.count {
            let isSame = zip(key, shown).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
            found = found ?? (isSame ? place : nil)
        }
        return found
    }
}
