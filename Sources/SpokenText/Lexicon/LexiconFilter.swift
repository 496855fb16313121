/// Finds the places of a text where an entry of a lexicon may begin, in one pass and without making a string: most words of most texts are
/// no more than looked at.
///
/// It compares fingerprints of runs of letters or figures, so that it may name a place where nothing begins, but leaves out none where
/// something does. A fingerprint is made of ASCII only: other scalars, and letters that carry an accent of their own, leave no trace in it,
/// as an accented letter has two encodings that count as the same.
struct LexiconFilter: Sendable {
    /// Whole runs with which a match begins.
    private var runs = Fingerprints()
    /// What stands in front of a `*`, or as much of it as begins a run.
    private var beginnings = Fingerprints()
    /// What stands behind a `*` that begins a match, read backwards, or as much of it as ends a run.
    private var endings = Fingerprints()

    mutating func add(_ pattern: LexiconPattern) {
        switch pattern.start {
        case .run(let text): runs.insert(Self.fingerprint(of: text))
        case .beginning(let text): beginnings.insert(Self.fingerprint(of: text))
        case .ending(let text): endings.insert(Self.fingerprint(of: text, backwards: true))
        }
    }

    /// In ascending order.
    func places(in scalars: [Unicode.Scalar]) -> [Int] {
        var places: [Int] = []
        var index = 0
        while index < scalars.count {
            switch LexiconWords.kind(scalars[index]) {
            case .space, .block: index += 1
            case .mark:
                if runs.contains(Self.fingerprint(of: [scalars[index]])) { places.append(index) }
                index += 1
            case .letters, .figures: index = addPlaces(ofWordAt: index, in: scalars, to: &places)
            }
        }
        return places
    }

    /// - Returns: where the word ends, which consists of runs of letters and of figures.
    private func addPlaces(ofWordAt start: Int, in scalars: [Unicode.Scalar], to places: inout [Int]) -> Int {
        var (end, run) = (start, start)
        while end < scalars.count {
            let kind = LexiconWords.kind(scalars[end])
            guard kind == .letters || kind == .figures else { break }
            run = end
            var (fingerprint, mayBegin) = (UInt64(0), false)
            repeat {
                fingerprint = Self.next(fingerprint, with: end, of: scalars)
                if !beginnings.isEmpty, beginnings.contains(fingerprint) { mayBegin = true }
                end += 1
            } while end < scalars.count && LexiconWords.kind(scalars[end]) == kind
            if mayBegin || runs.contains(fingerprint) { places.append(run) }
        }
        // Whether anything begins in the word is then looked up for each of its runs.
        if !endings.isEmpty, mayEnd(run..<end, in: scalars) {
            places.removeAll { $0 >= start }
            places += (start..<end).filter {
                $0 == start || LexiconWords.kind(scalars[$0]) != LexiconWords.kind(scalars[$0 - 1])
            }
        }
        return end
    }

    private func mayEnd(_ run: Range<Int>, in scalars: [Unicode.Scalar]) -> Bool {
        var fingerprint: UInt64 = 0
        return run.reversed().contains { index in
            fingerprint = Self.next(fingerprint, with: index, of: scalars)
            return endings.contains(fingerprint)
        }
    }

    private static func fingerprint(of text: [Unicode.Scalar], backwards: Bool = false) -> UInt64 {
        var fingerprint: UInt64 = 0
        for offset in text.indices {
            fingerprint = next(fingerprint, with: backwards ? text.count - 1 - offset : offset, of: text)
        }
        return fingerprint
    }

    /// The fingerprint with one scalar more.
    @inline(__always)
    private static func next(_ fingerprint: UInt64, with index: Int, of scalars: [Unicode.Scalar]) -> UInt64 {
        guard let value = plain(scalars[index]) else { return fingerprint }
        if value > 0x60, index + 1 < scalars.count, 0x300..<0x370 ~= scalars[index + 1].value { return fingerprint }
        return (fingerprint ^ UInt64(value)) &* 0x100_0000_01B3
    }

    /// In small letters; nil for what leaves no trace.
    @inline(__always)
    private static func plain(_ scalar: Unicode.Scalar) -> UInt32? {
        let value = scalar.value
        if value < 0x80 { return value &- 0x41 < 26 ? value | 0x20 : value }
        return switch value {
        case 0x2019, 0x2BC: 0x27
        case 0x2010, 0x2011: 0x2D
        // Unicode has a letter, a semicolon and an accent twice.
        case 0x212A: 0x6B
        case 0x37E: 0x3B
        case 0x1FEF: 0x60
        default: nil
        }
    }
}

/// A set of fingerprints that may hold some by mistake: one in a hundred with a thousand entries.
private struct Fingerprints: Sendable {
    private var bits: [UInt64] = []

    var isEmpty: Bool { bits.isEmpty }

    mutating func insert(_ fingerprint: UInt64) {
        if bits.isEmpty { bits = Array(repeating: 0, count: 1 << 10) }
        let place = Self.place(fingerprint)
        bits[place >> 6] |= 1 << UInt64(place & 63)
    }

    @inline(__always)
    func contains(_ fingerprint: UInt64) -> Bool {
        if bits.isEmpty { return false }
        let place = Self.place(fingerprint)
        return bits[place >> 6] >> UInt64(place & 63) & 1 == 1
    }

    /// One of 65,536, by the upper bits of a product, which depend on all of the fingerprint.
    @inline(__always)
    private static func place(_ fingerprint: UInt64) -> Int { Int((fingerprint &* 0x9E37_79B9_7F4A_7C15) >> 48) }
}
