import Foundation

/// The `precompiled_charsmap` of a `tokenizer.json`, in base64, for a table of replacements, each of a single character.
///
/// The layout is the one that ``CharacterMap`` reads: the bytes of a double-array trie, their number before them (32 bits), and behind
/// them the replacements as NUL-terminated UTF-8. Characters and replacements hold no NUL.
package func precompiledCharacterMap(_ replacements: [Unicode.Scalar: String]) -> String {
    var texts = Data()
    var places: [String: UInt32] = [:]
    var keys: [(bytes: [UInt8], value: UInt32)] = []
    for (scalar, text) in replacements.sorted(by: { $0.key < $1.key }) {
        let place = places[text] ?? UInt32(texts.count)
        if places.updateValue(place, forKey: text) == nil { texts += Data(text.utf8) + [0] }
        keys.append((Array(String(scalar).utf8), place))
    }
    // UTF-8 sorts as the characters do.
    let units = DoubleArray(keys).units.flatMap { unit in (0..<4).map { UInt8(truncatingIfNeeded: unit >> (8 * $0)) } }
    let length = UInt32(units.count)
    let header = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * UInt32($0))) }
    return (Data(header + units) + texts).base64EncodedString()
}

/// A trie in an array, where the child of the node with the base b along the byte c has the place b ^ c (Aoe 1989, in the format of
/// darts-clone).
private struct DoubleArray {
    /// A node says which byte leads to it, how far its base is from its place, and whether a key ends there: then its base holds
    /// the value.
    private(set) var units: [UInt32] = [0]
    private var isTaken = [true]
    /// No two nodes share one, or the children of one would pass for the other's.
    private var isBase: [Bool] = [false]
    /// No place before it is free.
    private var firstFree = 1

    private static let endsKey: UInt32 = 1 << 8
    private static let isValue: UInt32 = 1 << 31

    /// - Parameter keys: sorted, different, none empty, none the beginning of another.
    init(_ keys: [(bytes: [UInt8], value: UInt32)]) {
        if !keys.isEmpty { add(keys[...], depth: 0, at: 0) }
        // A look-up may go anywhere in the block of 256 that a base lies in.
        grow(to: (units.count + 255) / 256 * 256)
    }

    /// Places the children of the node at `place`, below which `keys` lie.
    private mutating func add(_ keys: ArraySlice<(bytes: [UInt8], value: UInt32)>, depth: Int, at place: Int) {
        if let key = keys.first, key.bytes.count == depth {
            let base = freeBase(for: [0])
            units[base] = key.value | Self.isValue
            link(place, to: base, flags: Self.endsKey)
            return
        }
        var children: [(byte: UInt8, keys: ArraySlice<(bytes: [UInt8], value: UInt32)>)] = []
        var rest = keys
        while let byte = rest.first?.bytes[depth] {
            let same = rest.prefix { $0.bytes[depth] == byte }
            children.append((byte, same))
            rest = rest[same.endIndex...]
        }
        let base = freeBase(for: children.map(\.byte))
        link(place, to: base, flags: 0)
        for child in children { units[base ^ Int(child.byte)] = UInt32(child.byte) }
        for child in children { add(child.keys, depth: depth + 1, at: base ^ Int(child.byte)) }
    }

    private mutating func link(_ place: Int, to base: Int, flags: UInt32) {
        units[place] |= UInt32(place ^ base) << 10 | flags
    }

    /// Takes a base of which all of these places are free.
    private mutating func freeBase(for labels: [UInt8]) -> Int {
        while firstFree < isTaken.count, isTaken[firstFree] { firstFree += 1 }
        // The first label may come to lie at any free place.
        var place = firstFree
        while true {
            grow(to: (place | 255) + 1)
            let base = place ^ Int(labels[0])
            if !isTaken[place], !isBase[base], labels.allSatisfy({ !isTaken[base ^ Int($0)] }) {
                isBase[base] = true
                for label in labels { isTaken[base ^ Int(label)] = true }
                return base
            }
            place += 1
        }
    }

    private mutating func grow(to count: Int) {
        guard count > units.count else { return }
        units += [UInt32](repeating: 0, count: count - units.count)
        isTaken += [Bool](repeating: false, count: count - isTaken.count)
        isBase += [Bool](repeating: false, count: count - isBase.count)
    }
}
