/// What a caller may do, and what a request requires of its sender. Each role includes the roles before it.
public enum Role: Int, Sendable, Hashable, Comparable {
    /// What anybody may do without a key: a supervisor that restarts the server has none.
    case open
    /// What a caller with a key may do, where keys are configured.
    case use
    /// What changes the server for everybody. All keys have this role, as there is no way yet to give a key another one.
    case admin

    /// A role is less than one that may do more.
    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// Who asks. It goes into the account of the request, so it contains nothing of a key.
public struct Caller: Sendable, Hashable {
    /// The name under which requests are counted.
    public let name: String
    /// What it may do.
    public let role: Role

    /// A caller that has shown no known key.
    package static let stranger = Caller(name: "anyone", role: .open)
}

/// The callers that the configuration's keys stand for.
package struct Callers: Sendable {
    private let keys: [[UInt8]]

    /// - Parameter keys: empty if everybody may do everything.
    package init(keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

    /// The caller that these keys belong to: the first known key counts. A caller is named by the position of its key in the
    /// configuration, which gives nothing of the key away.
    package func caller(showing shown: [String]) -> Caller {
        guard !keys.isEmpty else { return Caller(name: Caller.stranger.name, role: .admin) }
        let places = shown.lazy.compactMap { place(of: Array($0.utf8)) }
        return places.first.map { Caller(name: "key-\($0 + 1)", role: .admin) } ?? .stranger
    }

    /// Takes the same time for a wrong key as for a right one of the same length.
    private func place(of shown: [UInt8]) -> Int? {
        var found: Int?
        for (place, key) in keys.enumerated() where key.count == shown.count {
            let isSame = zip(key, shown).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
            found = found ?? (isSame ? place : nil)
        }
        return found
    }
}
