import NIOCore

extension ByteBuffer {
    /// Whether a text in JSON holds more than `limit` values, going by its commas and brackets: told before anything is made of
    /// it, and without memory. A text that is no JSON may be judged either way.
    func holdsMoreJSONValues(than limit: Int) -> Bool {
        withUnsafeReadableBytes { bytes in
            var (position, values) = (0, 1)
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    guard let end = bytes.endOfJSONText(from: position + 1) else { return false }
                    position = end
                case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"):
                    values += 1
                    if values > limit { return true }
                default: break
                }
                position += 1
            }
            return false
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where the quote stands that ends the text beginning at `start`.
    fileprivate func endOfJSONText(from start: Int) -> Int? {
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
