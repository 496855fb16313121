import BridgeSupport
import Foundation

/// The `precompiled_charsmap` of sentencepiece: a table of replacements, looked up in a Darts double-array trie.
///
/// Reimplements the lookups of the `spm_precompiled` crate, since Foundation's NFKC differs from sentencepiece's
/// nmt_nfkc table in its treatment of spaces, control characters and a few symbols.
struct CharacterMap: TextNormalizer {
    private let units: [UInt32]
    /// NUL-terminated UTF-8 strings.
    private let replacements: [UInt8]
    /// The replacement of each ASCII character, which is enough for most text.
    private let ascii: [[Unicode.Scalar]]

    init(_ node: JSONNode) throws(TokenizerFormatError) {
        let encoded = try node.require("precompiled_charsmap", node["precompiled_charsmap"]?.string)
        guard let data = Data(base64Encoded: encoded), data.count >= 4 else {
            throw TokenizerFormatError("its character map is not base64")
        }
        let bytes = [UInt8](data)
        let trieLength = Int(Self.word(bytes, at: 0))
        guard trieLength >= 4, trieLength % 4 == 0, 4 + trieLength <= bytes.count else {
            throw TokenizerFormatError("its character map is cut off")
        }
        units = stride(from: 4, to: 4 + trieLength, by: 4).map { Self.word(bytes, at: $0) }
        replacements = Array(bytes[(4 + trieLength)...])
        var ascii: [[Unicode.Scalar]] = []
        for byte in UInt8(0)..<128 {
            let own = [Unicode.Scalar(byte)]
            ascii.append(Self.replacement(of: CollectionOfOne(byte), units, replacements) ?? own)
        }
        self.ascii = ascii
    }

    private static func word(_ bytes: [UInt8], at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
    }

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            // ASCII before ASCII is a grapheme cluster of its own, except CR LF.
            if text[position].isASCII, position + 1 == text.count || text[position + 1].isASCII,
                text[position] != "\r"
            {
                result += ascii[Int(text[position].value)]
                position += 1
                continue
            }
            // Goes cluster by cluster up to the next character that the short cut above can handle.
            var end = position + 1
            while end < text.count, !(text[end].isASCII && text[end - 1].isASCII && text[end] != "\n") { end += 1 }
            appendClusters(of: text[position..<end], to: &result)
            position = end
        }
        return result
    }

    private func appendClusters(of text: ArraySlice<Unicode.Scalar>, to result: inout [Unicode.Scalar]) {
        for cluster in String(String.UnicodeScalarView(text)) {
            // Longer clusters are never in the table as a whole.
            if cluster.utf8.count < 6, let whole = replacement(of: cluster.utf8) {
                result += whole
                continue
            }
            for scalar in cluster.unicodeScalars {
                if let replaced = replacement(of: Character(scalar).utf8) {
                    result += replaced
                } else {
                    result.append(scalar)
                }
            }
        }
    }

    private func replacement(of key: some Sequence<UInt8>) -> [Unicode.Scalar]? {
        Self.replacement(of: key, units, replacements)
    }

    /// The replacement of the shortest entry that is a prefix of `key`; nil if there is none.
    private static func replacement(
        of key: some Sequence<UInt8>, _ units: [UInt32], _ replacements: [UInt8]
    ) -> [Unicode.Scalar]? {
        var position = offset(units[0])
        for byte in key {
            if byte == 0 { return nil }
            position ^= Int(byte)
            guard units.indices.contains(position), units[position] & 0x8000_00FF == UInt32(byte) else { return nil }
            let unit = units[position]
            position ^= offset(unit)
            guard units.indices.contains(position) else { return nil }
            if unit & 0x100 != 0 {
                let start = Int(units[position] & 0x7FFF_FFFF)
                guard start <= replacements.count else { return nil }
                return Array(String(decoding: replacements[start...].prefix { $0 != 0 }, as: UTF8.self).unicodeScalars)
            }
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }
}
