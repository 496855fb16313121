import NIOCore

/// What is wrong with a text in JSON that the parser would take.
enum JSONRefusal { case tooManyValues, commaAtEnd }

extension ByteBuffer {
    /// Whether a text in JSON holds more than `limit` values, or a comma with nothing behind it, going by its commas and brackets:
    /// told before anything is made of it, and without memory. A text that is no JSON may be judged either way.
    func jsonRefusal(valuesUpTo limit: Int) -> JSONRefusal? {
        withUnsafeReadableBytes { bytes in
            var (position, values, isAfterComma) = (0, 1, false)
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    guard let end = bytes.endOfJSONText(from: position + 1) else { return nil }
                    position = end
                    isAfterComma = false
                case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"):
                    values += 1
                    if values > limit { return .tooManyValues }
                    isAfterComma = bytes[position] == UInt8(ascii: ",")
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    if isAfterComma { return .commaAtEnd }
                case let byte where byte.isJSONSpace: break
                default: isAfterComma = false
                }
                position += 1
            }
            return nil
        }
    }
}

extension UInt8 {
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}

extension UnsafeRawBufferPointer {
    /// Where the quote stands that ends the text beginning at `start`.
    func endOfJSONText(from start: Int) -> Int? {
        var position = start
        while let quote = firstIndex(of: UInt8(ascii: "\""), from: position) {
            // Behind an odd number of backslashes it is part of the text.
            let backslashes = self[start..<quote].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
            if backslashes.isMultiple(of: 2) { return quote }
            position = quote + 1
        }
        return nil
    }
}
