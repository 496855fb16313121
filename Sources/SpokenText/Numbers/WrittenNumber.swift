/// A number as it is written in figures: "1 234,50".
struct WrittenNumber {
    /// What stands before the decimal mark.
    var value: UInt64
    /// What stands behind it; nothing for an integer.
    var decimals: Figures
    /// Whether the mark is the one of the language, rather than a full stop in a French text.
    var isNative = true
    // Half as long as usual, so that all of it is soon copied.
    private var endToken: UInt32

    init(value: UInt64, decimals: Figures = Figures(), end: Int) {
        (self.value, self.decimals) = (value, decimals)
        endToken = UInt32(truncatingIfNeeded: end)
    }

    /// The token behind it.
    var end: Int {
        get { Int(endToken) }
        set { endToken = UInt32(truncatingIfNeeded: newValue) }
    }

    var isInteger: Bool { decimals.count == 0 }
}

/// Up to fifteen figures in a row, perhaps with zeros in front: those behind a decimal mark, or a part of a telephone number.
struct Figures {
    var value: UInt64
    private let length: UInt8

    init(value: UInt64 = 0, count: Int = 0) {
        self.value = value
        length = UInt8(truncatingIfNeeded: count)
    }

    /// How many there are, with zeros in front.
    var count: Int { Int(length) }

    var zerosInFront: Int {
        var (rest, zeros) = (value, count)
        while rest > 0 { (rest, zeros) = (rest / 10, zeros - 1) }
        return zeros
    }

    /// The first ones and the rest.
    func split(at first: Int) -> (Figures, Figures) {
        let power = (first..<count).reduce(into: UInt64(1)) { power, _ in power *= 10 }
        return (Figures(value: value / power, count: first), Figures(value: value % power, count: count - first))
    }

    /// Two by two; of an odd number the first stands alone.
    var pairs: [Figures] {
        var (pairs, rest) = ([Figures](), self)
        while rest.count > 0 {
            let (first, others) = rest.split(at: 2 - rest.count % 2)
            pairs.append(first)
            rest = others
        }
        return pairs
    }

    /// What they are worth in parts of a power of ten; nil where they are finer.
    func parts(ofPower power: Int) -> UInt64? {
        count <= power ? (count..<power).reduce(value) { parts, _ in parts * 10 } : nil
    }
}

extension TokenizedText {
    /// The longest whole part that is read as a number; longer ones are codes.
    static let longestNumber = 15

    /// The number that begins at a run of digits, with the decimals and the grouping of French or English.
    ///
    /// - Returns: nil for what is not a number: a code with a zero in front, a row "1,2,3", an address.
    func number(at index: Int, isFrench: Bool) -> WrittenNumber? {
        guard isDigits(index), case let token = tokens[index], let value = token.content,
            token.head != "0" || token.count == 1
        else { return nil }
        let number = WrittenNumber(value: value, end: index + 1)
        // Further groups and decimals are figures behind a mark or a space, which few numbers have.
        guard isDigits(index + 2), isSpace(index + 1) || isMark(index + 1, ",.'’") else { return number }
        return longer(number, isFrench: isFrench)
    }

    @inline(never)
    private func longer(_ first: WrittenNumber, isFrench: Bool) -> WrittenNumber? {
        let (index, value) = (first.end - 1, first.value)
        var number = first
        if value > 0, value < 1000, length(index + 2) == 3 {
            addGroups(to: &number, isFrench: isFrench)
        }
        guard isDigits(number.end + 1), isMark(number.end, ",.") else { return number }
        if isFrench, isMark(number.end, ","), let amount = englishAmount(at: index) { return amount }
        if isMark(number.end, isFrench ? ",." : "."), length(number.end + 1) <= Self.longestNumber {
            // A further mark with figures makes it a row, or an address.
            if isMark(number.end, ","), isMark(index - 1, ","), isDigits(index - 2) { return number }
            if isMark(number.end + 2, ",."), isDigits(number.end + 3) {
                return isMark(number.end, ".") ? nil : number
            }
            number.isNative = isMark(number.end, isFrench ? "," : ".")
            number.decimals = figures(number.end + 1) ?? Figures()
            number.end += 2
        }
        return number
    }

    /// The figures of a token that has fifteen at most.
    func figures(_ index: Int) -> Figures? { value(index).map { Figures(value: $0, count: length(index)) } }

    /// The figures of a token two by two; of an odd number the first stands alone.
    func pairs(_ index: Int) -> some Sequence<Figures> {
        let bytes = tokens[index].bytes
        func value(_ place: Int) -> UInt64 { UInt64(utf8[place] &- UInt8(ascii: "0")) }
        return stride(from: bytes.lowerBound - bytes.count % 2, to: bytes.upperBound, by: 2).lazy.map { place in
            place < bytes.lowerBound
                ? Figures(value: value(place + 1), count: 1)
                : Figures(value: 10 * value(place) + value(place + 1), count: 2)
        }
    }

    /// "1,299.00": groups with commas in front of hundredths, as no other language has it.
    private func englishAmount(at index: Int) -> WrittenNumber? {
        guard length(index) <= 3, var value = value(index), !isMark(index - 1, ".,") else { return nil }
        var (end, count) = (index + 1, length(index))
        while isMark(end, ","), length(end + 1) == 3, isDigits(end + 1), count + 3 <= Self.longestNumber {
            value = value * 1000 + (self.value(end + 1) ?? 0)
            (end, count) = (end + 2, count + 3)
        }
        guard end > index + 1, isMark(end, "."), isDigits(end + 1), (1...2).contains(length(end + 1)),
            !isMark(end + 2, ".,") || !isDigits(end + 3)
        else { return nil }
        return WrittenNumber(value: value, decimals: figures(end + 1) ?? Figures(), end: end + 2)
    }

    private func addGroups(to number: inout WrittenNumber, isFrench: Bool) {
        var (value, end, figures) = (number.value, number.end, length(number.end - 1))
        func isGroup(_ at: Int) -> Bool {
            guard length(at + 1) == 3, isDigits(at + 1) else { return false }
            return isFrench ? isSingleSpace(at) || isMark(at, ".'’") : isMark(at, ",")
        }
        let first = end
        while isGroup(end), figures + 3 <= Self.longestNumber, isSameMark(end, first) {
            value = value * 1000 + (self.value(end + 1) ?? 0)
            end += 2
            figures += 3
        }
        if end == first { return }
        // "1.250" alone is a decimal, "1.000" is not; two groups with full stops are thousands.
        if isMark(first, "."), end == first + 2, value % 1000 != 0, !(isMark(end, ",") && isDigits(end + 1)) { return }
        // Figures of another length behind it: a telephone number, or a row.
        if isSingleSpace(end), isDigits(end + 1), isSpace(first) { return }
        (number.value, number.end) = (value, end)
    }

    private func isSameMark(_ one: Int, _ other: Int) -> Bool { mark(one) == mark(other) }
}
