import Crypto
import Foundation

/// What a file must be according to its source; every known digest has to match.
struct ExpectedContent: Sendable, Hashable {
    var size: Int64?
    var sha256: String?
    var md5: String?
    /// Git's blob id, which the hub gives as the ETag of small files: SHA-1 over `blob SIZE\0` and the content.
    var gitBlob: String?

    var hasDigest: Bool { sha256 != nil || md5 != nil || gitBlob != nil }

    /// Why the content does not match; nil if all of it does.
    func mismatch(with found: ContentDigests) -> String? {
        if let size, size != found.size { return "it has \(found.size) bytes instead of \(size)" }
        if let sha256, sha256.lowercased() != found.sha256 { return "its SHA-256 is not the published one" }
        if let md5, md5.lowercased() != found.md5 { return "its MD5 is not the published one" }
        if let gitBlob, gitBlob.lowercased() != found.gitBlob { return "its Git blob id is not the published one" }
        return nil
    }
}

/// The digests of one content.
struct ContentDigests: Sendable, Hashable {
    var size: Int64
    var sha256: String
    var md5: String
    /// nil if the size was unknown when reading began, as Git hashes it first.
    var gitBlob: String?
}

/// Computes digests piece by piece. MD5 and SHA-1 are here because the sources publish them; the manifest keeps
/// SHA-256.
struct ContentHasher: Sendable {
    private var size: Int64 = 0
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var gitBlob: Insecure.SHA1?

    /// - Parameter expectedSize: the size of the whole, if known.
    init(expectedSize: Int64?) {
        if let expectedSize {
            var hash = Insecure.SHA1()
            hash.update(data: Data("blob \(expectedSize)\0".utf8))
            gitBlob = hash
        }
    }

    mutating func update(_ bytes: some DataProtocol) {
        size += Int64(bytes.count)
        sha256.update(data: bytes)
        md5.update(data: bytes)
        gitBlob?.update(data: bytes)
    }

    func finish() -> ContentDigests {
        ContentDigests(
            size: size, sha256: hexadecimal(sha256.finalize()), md5: hexadecimal(md5.finalize()),
            gitBlob: gitBlob.map { hexadecimal($0.finalize()) })
    }

    /// The digests of a whole file.
    static func digests(of file: URL) throws -> ContentDigests {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let size = try Int64(handle.seekToEnd())
        try handle.seek(toOffset: 0)
        var hasher = ContentHasher(expectedSize: size)
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { hasher.update(chunk) }
        return hasher.finish()
    }
}

private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// A size as stated by a source; nil if it is not valid.
func statedSize(_ size: Int64?) -> Int64? { size.flatMap { $0 < 0 ? nil : $0 } }

/// A digest as stated by a source, in lower case; nil if it is not valid.
func statedDigest(_ text: String?, digits: Int) -> String? {
    text.flatMap { isHexadecimal($0, digits: digits) ? $0.lowercased() : nil }
}

/// Whether this is the hexadecimal form of a digest with this many digits.
func isHexadecimal(_ text: some StringProtocol, digits: Int) -> Bool {
    text.utf8.count == digits && text.allSatisfy { $0.isASCII && $0.isHexDigit }
}
