extension [[UInt8]] {
    /// The longest of these that `bytes` contain at `position`, ignoring case, and its length in bytes there.
    func match(in bytes: [UInt8], at position: Int) -> (tag: [UInt8], length: Int)? {
        var longest: (tag: [UInt8], length: Int)?
        for tag in self where tag.count > longest?.tag.count ?? 0 {
            if case .whole(let length) = bytes.match(tag, at: position) { longest = (tag, length) }
        }
        return longest
    }

    /// Whether `bytes`, from `position` on, end within one of these.
    func mayBegin(in bytes: [UInt8], at position: Int) -> Bool {
        contains { bytes.match($0, at: position) == .cut }
    }

    /// The length in bytes of the longest form.
    var longestCount: Int { reduce(0) { Swift.max($0, $1.count) } + [UInt8].maxSpaceInTag }
}

enum TagMatch: Equatable {
    case none
    /// The text ends within it.
    case cut
    case whole(length: Int)
}

extension [UInt8] {
    /// White space that models write within a tag, `< think >`.
    fileprivate static let maxSpaceInTag = 4

    fileprivate func match(_ tag: [UInt8], at position: Int) -> TagMatch {
        var place = position
        for (index, wanted) in tag.enumerated() {
            while place < count, self[place].isBlank, tag.mayHaveSpace(before: index),
                place - position - index < Self.maxSpaceInTag
            {
                place += 1
            }
            guard place < count else { return .cut }
            guard self[place] == wanted || self[place].lowercased == wanted.lowercased else { return .none }
            place += 1
        }
        return .whole(length: place - position)
    }

    /// After `<` and `</`, and before `>`; in square brackets too.
    private func mayHaveSpace(before index: Int) -> Bool {
        guard index > 0, count > 2, self[1] != UInt8(ascii: "|") else { return false }
        guard last == UInt8(ascii: ">") || last == UInt8(ascii: "]") else { return false }
        return index == 1 || index == count - 1 || (index == 2 && self[1] == UInt8(ascii: "/"))
    }

    /// The character at `position`, as far as it is available.
    func scalar(at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let byte = self[position]
        if byte < 0x80 { return (Unicode.Scalar(byte), 1) }
        let text = String(decoding: self[position..<Swift.min(position + 4, count)], as: UTF8.self)
        let scalar = text.unicodeScalars.first ?? "\u{FFFD}"
        return (scalar, Swift.min(UTF8.width(scalar), count - position))
    }

    /// The number of leading bytes that are white space, or otherwise invisible, such as a byte order mark.
    var leadingSpace: Int {
        var end = 0
        while end < count {
            let (scalar, length) = scalar(at: end)
            guard scalar.isBlank else { break }
            end += length
        }
        return end
    }

    /// The stars or underscores at `position` that make what follows bold or italic; empty if there are none.
    func emphasis(at position: Int) -> [UInt8] {
        let marks = self[position...].prefix { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "_") }
        return marks.count <= 3 ? Array(marks) : []
    }

    /// Where the white space before `end` begins, and which of `marks` it contains.
    func endOfText(before end: Int, marks: [UInt8] = []) -> Int {
        var end = end
        while end > 0, self[end - 1].isTextSpace || marks.contains(self[end - 1]) { end -= 1 }
        return end
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }

    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }

    var isTextSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension Unicode.Scalar {
    /// Whether it is completely invisible.
    var isBlank: Bool {
        if value < 0x80 { return UInt8(value).isTextSpace }
        return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
}
