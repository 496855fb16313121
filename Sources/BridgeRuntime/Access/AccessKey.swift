/// A key as `keys add` makes it and as a client sends it: `jb_ID_SECRET`, both in lower-case hexadecimal digits.
///
/// The id is no secret: it finds the one entry that the key can belong to, so that each request costs one hash however many keys there are.
package struct AccessKey: Sendable, Hashable {
    /// 16 digits.
    package let id: String
    /// All of it, which is what is hashed and sent.
    package let text: String

    static let idBytes = 8
    /// 160 bits. 128 are more than anybody can try, so that a hash need not be slow.
    private static let secretBytes = 20

    /// The key that a client has sent; nil for a text of another form.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "jb", let id = Hexadecimal.bytes(parts[1]), id.count == Self.idBytes,
            Hexadecimal.bytes(parts[2])?.count == Self.secretBytes
        else { return nil }
        (self.id, self.text) = (String(parts[1]), text)
    }

    private init(id: String, secret: String) { (self.id, text) = (id, "jb_\(id)_\(secret)") }

    /// A new key, from the system's source of randomness.
    package static func random() -> AccessKey {
        AccessKey(
            id: Hexadecimal.text(randomBytes(count: idBytes)), secret: Hexadecimal.text(randomBytes(count: secretBytes))
        )
    }

    static func randomBytes(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// nil unless `text` is pairs of such digits.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let values = text.utf8.compactMap { digits.firstIndex(of: $0) }
        guard values.count == text.utf8.count, values.count % 2 == 0 else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}
