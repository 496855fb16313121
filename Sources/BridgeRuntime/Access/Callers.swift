import BridgeSupport
import Crypto

/// The callers that keys stand for, found with two hashes at most, however many there are.
package struct Callers: Sendable {
    private let entries: [String: KeyEntry]
    private let configured: [SHA256.Digest: Caller]
    /// Unknown to everybody outside: how long it takes to compare hashes of it and a key tells nothing of the key.
    private let salt = AccessKey.randomBytes(count: 16)
    /// Whether a key is asked for. A key file asks for keys also when it has none, so that nobody opens a server by revoking the last one.
    let asksForKey: Bool

    /// - Parameters:
    ///   - keys: those of the configuration, each with all rights.
    ///   - entries: those of the key file; nil if there is no file.
    init(keys: [String], entries: [KeyEntry]? = nil) {
        let salt = salt
        configured = Dictionary(
            keys.enumerated().map { place, key in
                // The place in the configuration gives nothing of the key away.
                (Self.digest(of: key, salt), Caller(name: "key-\(place + 1)", role: .admin))
            }, uniquingKeysWith: { first, _ in first })
        self.entries = Dictionary((entries ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        asksForKey = !keys.isEmpty || entries != nil
    }

    /// The number of keys in the file.
    var count: Int { entries.count }

    /// The caller that these keys belong to: the first known key counts.
    package func caller(showing shown: [String]) -> Caller {
        guard asksForKey else { return .anyone }
        return shown.lazy.compactMap(caller).first ?? .stranger
    }

    private func caller(_ shown: String) -> Caller? {
        if let key = AccessKey(shown), let entry = entries[key.id], entry.matches(key) { return entry.caller }
        return configured.isEmpty ? nil : configured[Self.digest(of: shown, salt)]
    }

    private static func digest(of key: String, _ salt: [UInt8]) -> SHA256.Digest {
        SHA256.hash(data: salt + Array(key.utf8))
    }
}
