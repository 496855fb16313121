/// Words that are often said, each in as many bytes: to write one is to write all of them. It is in one place, so that it is never copied.
final class PhraseTable: Sendable {
    /// In the last byte, how many others there are; of a phrase that is longer, more than there can be.
    fileprivate let phrases: [SIMD32<UInt8>]
    /// Phrases that are longer, by their places.
    fileprivate let others: [Int: String]

    init(_ phrases: [String]) {
        self.phrases = phrases.map { phrase in
            var bytes = SIMD32<UInt8>()
            for (place, byte) in zip(bytes.indices.dropLast(), phrase.utf8) { bytes[place] = byte }
            bytes[SIMD32<UInt8>.scalarCount - 1] = UInt8(clamping: phrase.utf8.count)
            return bytes
        }
        others = Dictionary(
            uniqueKeysWithValues: phrases.enumerated().lazy.filter { $1.utf8.count >= SIMD32<UInt8>.scalarCount }
                .map { ($0, $1) })
    }
}

/// What rules say of a sentence, in UTF-8: each writes what it says behind what others have said.
struct Phrase: ~Copyable {
    /// With what an earlier one has left behind the end.
    private var memory: ByteMemory
    /// Where what is said next begins.
    private(set) var end = 0

    /// - Parameter room: for how many bytes it has room before it must make more.
    init(room: Int = 64) { memory = ByteMemory(room: room) }

    mutating func removeAll() { end = 0 }

    /// Takes back what was said from a place on.
    mutating func cut(to place: Int) { end = place }

    /// Takes back the last letter, which is ASCII.
    mutating func removeLast() { end -= 1 }

    static func += (phrase: inout Phrase, words: String) {
        if words.utf8.withContiguousStorageIfAvailable({ phrase.append($0) }) == nil { phrase.append(foreign: words) }
    }

    // Apart, as hardly any string is one.
    @inline(never)
    private mutating func append(foreign words: String) {
        var words = words
        words.withUTF8 { append($0) }
    }

    @inline(__always)
    mutating func append(_ words: UnsafeBufferPointer<UInt8>) {
        let place = end
        end &+= words.count
        memory.reserve(end)
        memory.write(words, at: place)
    }

    /// Some of the bytes of a text.
    @inline(__always)
    mutating func append(_ range: Range<Int>, of text: borrowing ByteMemory) {
        let place = end
        end &+= range.upperBound &- range.lowerBound
        memory.reserve(end)
        memory.write(range, of: text, at: place)
    }

    /// What another one says from a place on.
    ///
    /// - Returns: how many scalars that are.
    @inline(__always)
    mutating func append(_ other: borrowing Phrase, from start: Int) -> Int {
        let place = end
        end &+= other.end &- start
        memory.reserve(end)
        return memory.writeCounting(start..<other.end, of: other.memory, at: place)
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 {
            memory.reserve(end &+ 1)
            memory.start[end] = UInt8(truncatingIfNeeded: scalar.value)
            end &+= 1
        } else {
            self += String(scalar)
        }
    }

    mutating func append(_ index: Int, of table: PhraseTable) {
        let words = table.phrases[index]
        let count = Int(words[SIMD32<UInt8>.scalarCount - 1])
        guard count < SIMD32<UInt8>.scalarCount else { return append(other: index, of: table) }
        memory.write(words, at: end)
        end &+= count
    }

    @inline(never)
    private mutating func append(other index: Int, of table: PhraseTable) {
        if let words = table.others[index] { self += words }
    }

    /// As long as nothing more is said.
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { memory[range] }

    var lastByte: UInt8? { end > 0 ? memory[end - 1] : nil }

    func ends(with words: String) -> Bool {
        end >= words.utf8.count && bytes(end - words.utf8.count..<end).elementsEqual(words.utf8)
    }

    func text(from start: Int) -> String { String(valid: bytes(start..<end)) }

    /// Puts words in front of what was said from a place on.
    mutating func insert(_ words: String, at place: Int) {
        let rest = text(from: place)
        end = place
        self += words
        self += rest
    }

    /// Takes away the words with which something begins, if it does.
    @discardableResult
    mutating func remove(_ words: String, at place: Int) -> Bool {
        guard bytes(place..<end).starts(with: words.utf8) else { return false }
        let rest = text(from: place + words.utf8.count)
        end = place
        self += rest
        return true
    }

    /// The scalar that begins at a place.
    func scalar(at place: Int) -> Unicode.Scalar? {
        guard place < end else { return nil }
        if memory[place] < 0x80 { return Unicode.Scalar(memory[place]) }
        return Unicode.Scalar(Unicode.Scalar.decode(bytes(place..<end), at: 0).value)
    }

    /// The last scalar of what was said from a place on.
    @inline(__always)
    func last(from start: Int) -> Unicode.Scalar? {
        guard end > start else { return nil }
        let last = memory.start[end &- 1]
        return last < 0x80 ? Unicode.Scalar(last) : lastBeyondASCII(from: start)
    }

    @inline(never)
    private func lastBeyondASCII(from start: Int) -> Unicode.Scalar? {
        var place = end - 1
        while place > start, memory[place] & 0xC0 == 0x80 { place -= 1 }
        return scalar(at: place)
    }

    /// The place behind the last space or hyphen that was said from a place on; the place itself where there is none.
    func lastWord(from start: Int) -> Int {
        let gap = bytes(start..<end).lastIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
        return gap.map { start + $0 + 1 } ?? start
    }
}

extension String {
    /// - Parameter say: writes it.
    init(saying say: (inout Phrase) -> Void) {
        var phrase = Phrase()
        say(&phrase)
        self = phrase.text(from: 0)
    }
}
