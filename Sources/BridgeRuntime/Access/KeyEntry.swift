package import BridgeSupport
import Crypto
package import Foundation

/// What the key file says of one key, from which nobody can make the key.
package struct KeyEntry: Sendable, Hashable {
    /// What the log and the account call the caller who shows the key.
    package let name: String
    package let role: Role
    /// The bridges that it may be used for; nil for all of them.
    package let bridges: Set<Bridge>?
    /// What it may use, in place of what all may use.
    package let limits: RateRules
    /// The part of the key that is no secret.
    package let id: String
    /// As written in the file, such as 2026-01-31T12:00:00Z.
    package let created: String
    private let salt: [UInt8]
    /// SHA-256 of the salt and the key.
    private let hash: [UInt8]

    /// What a line may contain; `bridges` and `limits` may be left out.
    private static let fields = ["name", "role", "bridges", "limits", "id", "salt", "hash", "created"]
    private static let saltBytes = 16

    /// Describes `key`.
    ///
    /// - Throws: `invalid_request` (param `name`) if `name` is not a valid name.
    package init(
        _ key: AccessKey, name: String, role: Role, bridges: Set<Bridge>? = nil, limits: RateRules = RateRules(),
        created: Date
    ) throws(ServiceError) {
        if let problem = Self.problem(ofName: name) { throw .invalid("name", "\(problem).") }
        salt = AccessKey.randomBytes(count: Self.saltBytes)
        hash = Self.digest(of: key, salt)
        (self.name, self.role, self.bridges, id) = (name, role, bridges, key.id)
        self.limits = limits
        self.created = created.formatted(.iso8601)
    }

    /// Reads one line of the key file.
    ///
    /// - Throws: what is wrong with it. Shows nothing of it, as somebody may have put a key into it.
    init(line: Substring) throws(KeyLineError) {
        let node: JSONNode
        do { node = try JSONNode(parsing: Array(line.utf8), limits: JSONLimits(depth: 4, values: 256)) } catch {
            throw KeyLineError("is not JSON: \(error)")
        }
        guard let members = node.object else { throw KeyLineError("must be an object, {\"name\": …}") }
        guard members.allSatisfy({ Self.fields.contains($0.key) }) else {
            throw KeyLineError("has a field of an unknown name; there are \(Self.fields.joined(separator: ", "))")
        }
        func text(_ field: String) throws(KeyLineError) -> String {
            guard let text = node[field]?.string else { throw KeyLineError("\(field) must be there, and a text") }
            return text
        }
        func bytes(_ field: String, count: Int) throws(KeyLineError) -> [UInt8] {
            guard let bytes = Hexadecimal.bytes(try text(field)), bytes.count == count else {
                throw KeyLineError("\(field) must be \(2 * count) hexadecimal digits, as 'keys add' writes them")
            }
            return bytes
        }
        name = try text("name")
        if let problem = Self.problem(ofName: name) { throw KeyLineError(problem) }
        guard let role = Role(ofKey: try text("role")) else { throw KeyLineError("role must be \"use\" or \"admin\"") }
        self.role = role
        bridges = try Self.bridges(node["bridges"])
        limits = try Self.limits(node["limits"])
        id = Hexadecimal.text(try bytes("id", count: AccessKey.idBytes))
        (salt, hash) = (try bytes("salt", count: Self.saltBytes), try bytes("hash", count: SHA256.byteCount))
        created = try text("created")
        guard (try? Date(created, strategy: .iso8601)) != nil else {
            throw KeyLineError("created must be a time such as 2026-01-31T12:00:00Z")
        }
    }

    private static func bridges(_ node: JSONNode?) throws(KeyLineError) -> Set<Bridge>? {
        guard let node else { return nil }
        let bridges = node.array?.map { $0.string.flatMap(Bridge.init(rawValue:)) } ?? []
        guard !bridges.isEmpty, !bridges.contains(nil) else {
            let names = Bridge.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw KeyLineError("bridges must be a list of some of \(names); all are allowed where it is left out")
        }
        return Set(bridges.compactMap(\.self))
    }

    private static func limits(_ node: JSONNode?) throws(KeyLineError) -> RateRules {
        guard let node else { return RateRules() }
        let names = RateRules.limitable.map { "\"\($0.name)\"" }.joined(separator: ", ")
        guard let members = node.object,
            members.allSatisfy({ member in
                RateRules.limitable.contains { $0.name == member.key }
            })
        else { throw KeyLineError("limits must be an object with some of \(names)") }
        var groups: [RequestPolicy.Group: [RateRule]] = [:]
        for (name, group) in RateRules.limitable {
            guard let value = node[name] else { continue }
            guard let text = value.string, let rules = RateRules.rules(text, for: group), !rules.isEmpty else {
                throw KeyLineError("limits.\(name) must be \(RateRules.allowed(for: group))")
            }
            groups[group] = rules
        }
        return RateRules(groups)
    }

    /// Why `name` cannot be the name of a key; nil if it can. Names of `api_keys` and of strangers are theirs alone.
    private static func problem(ofName name: String) -> String? {
        if name == Caller.stranger.name || name.wholeMatch(of: /key-[0-9]+/) != nil {
            return "name cannot be \"\(Caller.stranger.name)\" or \"key-\" and a number: the log calls others so"
        }
        return name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]{0,63}/) == nil
            ? "name must be 1 to 64 letters, digits, dots, hyphens and underscores, and begin with a letter or a digit"
            : nil
    }

    /// The line of the key file that says the same.
    var line: String {
        let bridges = bridges.map { bridges in
            let names = Bridge.allCases.filter(bridges.contains).map { "\"\($0.rawValue)\"" }.joined(separator: ",")
            return ",\"bridges\":[\(names)]"
        }
        let limits = RateRules.limitable.compactMap { name, group in
            self.limits.groups[group].map { "\"\(name)\":\"\($0.map(\.text).joined(separator: ", "))\"" }
        }.joined(separator: ",")
        let rules = limits.isEmpty ? "" : ",\"limits\":{\(limits)}"
        return #"{"name":"\#(name)","role":"\#(role)"\#(bridges ?? "")\#(rules),"id":"\#(id)","#
            + #""salt":"\#(Hexadecimal.text(salt))","hash":"\#(Hexadecimal.text(hash))","created":"\#(created)"}"#
    }

    /// The caller who shows the key.
    var caller: Caller { Caller(name: name, role: role, bridges: bridges, limits: limits) }

    /// Whether `key` is the one. Takes the same time wherever a wrong key differs.
    func matches(_ key: AccessKey) -> Bool {
        zip(Self.digest(of: key, salt), hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func digest(of key: AccessKey, _ salt: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: salt + Array(key.text.utf8)))
    }
}

/// What is wrong with a line of the key file, as the end of a sentence.
struct KeyLineError: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
