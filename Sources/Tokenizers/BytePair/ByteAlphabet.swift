/// GPT-2's way of writing arbitrary bytes as printable text: the characters that stand for bytes in a vocabulary file.
///
/// Printable bytes keep their own character; the other 68 get U+0100, U+0101, …
package enum ByteAlphabet {
    /// The character of each byte.
    package static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 33...126, 161...172, 174...255:
                return Unicode.Scalar(byte)
            default:
                defer { next += 1 }
                return Unicode.Scalar(next) ?? " "
            }
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: zip(scalars, UInt8.min...UInt8.max))

    /// The bytes that `token` stands for; characters outside the alphabet stand for themselves in UTF-8.
    package static func bytes(of token: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(token.unicodeScalars.count)
        for scalar in token.unicodeScalars {
            if let byte = bytes[scalar] {
                result.append(byte)
            } else {
                result.append(contentsOf: Array(String(scalar).utf8))
            }
        }
        return result
    }
}
