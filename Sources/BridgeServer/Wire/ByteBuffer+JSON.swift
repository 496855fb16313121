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

extension ByteBuffer {
    /// Where the text of the field `name` of a JSON object stands, between its quotes, counted from the first byte. nil where there is
    /// no such field, where it is no text, and where the text does not stand for itself: with escapes, or with what JSON does not
    /// allow in it.
    ///
    /// Of several fields of this name it is the last one, as for the parser.
    func placeOfText(_ name: String) -> Range<Int>? {
        withUnsafeReadableBytes { bytes in
            var (position, depth, place) = (0, 0, Range<Int>?.none)
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: "\""):
                    guard let end = bytes.endOfJSONText(from: position + 1) else { return nil }
                    let isName = depth == 1 && bytes[(position + 1)..<end].elementsEqual(name.utf8)
                    position = end
                    guard isName, let start = bytes.startOfJSONValue(behindNameThatEnds: end) else { break }
                    place = nil
                    guard bytes[start] == UInt8(ascii: "\"") else { break }
                    guard let last = bytes.endOfJSONText(from: start + 1) else { return nil }
                    place = (start + 1)..<last
                    position = last
                default: break
                }
                position += 1
            }
            return place.flatMap { place in
                bytes[place].allSatisfy { $0 >= 0x20 && $0 < 0x80 && $0 != UInt8(ascii: "\\") } ? place : nil
            }
        }
    }

    /// A copy without the bytes at `place`, counted from the first one.
    func without(_ place: Range<Int>) -> ByteBuffer {
        var rest = ByteBuffer()
        rest.reserveCapacity(readableBytes - place.count)
        let after = readerIndex + place.upperBound
        rest.writeBytes(viewBytes(at: readerIndex, length: place.lowerBound) ?? ByteBufferView(ByteBuffer()))
        rest.writeBytes(viewBytes(at: after, length: writerIndex - after) ?? ByteBufferView(ByteBuffer()))
        return rest
    }
}

extension UInt8 {
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}

extension UnsafeRawBufferPointer {
    /// Where the value begins of which the name ends with the quote at `end`; nil when no colon follows, as behind a value.
    fileprivate func startOfJSONValue(behindNameThatEnds end: Int) -> Int? {
        guard let colon = self[(end + 1)...].firstIndex(where: { !$0.isJSONSpace }), self[colon] == UInt8(ascii: ":")
        else { return nil }
        return self[(colon + 1)...].firstIndex { !$0.isJSONSpace }
    }

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
