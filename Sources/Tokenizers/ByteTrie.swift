/// An immutable map from byte strings to ids that finds every key at the start of a text in one walk.
///
/// Nodes are numbered level by level, so that the children of a node are neighbours in order of their bytes: one
/// array of labels, one of first children, one of values. XLM-R's 250,002 pieces take about ten megabytes.
struct ByteTrie: Sendable {
    private var labels: [UInt8] = [0]
    /// Node n's children are `firstChild[n] ..< firstChild[n + 1]`.
    private var firstChild: [Int32] = []
    private var values: [Int32] = [-1]
    /// Child of the root by byte, since nearly every walk begins there; 0 for none.
    private var rootChild = [Int32](repeating: 0, count: 256)

    /// Of equal keys the last counts. Empty keys are left out, as they match nothing.
    init(_ entries: [(key: String, value: Int32)]) {
        // One buffer of bytes and ranges into it: sorting 250,000 small arrays would be slow.
        var bytes: [UInt8] = []
        var keys: [(start: Int, end: Int, value: Int32)] = []
        keys.reserveCapacity(entries.count)
        for entry in entries where !entry.key.isEmpty {
            let start = bytes.count
            bytes.append(contentsOf: entry.key.utf8)
            keys.append((start, bytes.count, entry.value))
        }
        bytes.withUnsafeBufferPointer { bytes in
            keys.sort { left, right in
                let order = compare(bytes[left.start..<left.end], bytes[right.start..<right.end])
                // Positions in the buffer keep equal keys in their order, so that the last one is found below.
                return order == 0 ? left.start < right.start : order < 0
            }
            build(bytes, keys)
        }
        for child in children(of: 0) { rootChild[Int(labels[child])] = Int32(child) }
    }

    private func children(of node: Int) -> Range<Int> { Int(firstChild[node])..<Int(firstChild[node + 1]) }

    private mutating func build(
        _ bytes: UnsafeBufferPointer<UInt8>, _ keys: [(start: Int, end: Int, value: Int32)]
    ) {
        /// The keys below each node of the current level; all share their first `depth` bytes.
        var level: [Range<Int>] = [keys.indices]
        var depth = 0
        while !level.isEmpty {
            var below: [Range<Int>] = []
            for range in level {
                firstChild.append(Int32(labels.count))
                var index = range.lowerBound
                while index < range.upperBound, keys[index].start + depth == keys[index].end { index += 1 }
                while index < range.upperBound {
                    let label = bytes[keys[index].start + depth]
                    let start = index
                    var value: Int32 = -1
                    while index < range.upperBound, bytes[keys[index].start + depth] == label {
                        if keys[index].end == keys[index].start + depth + 1 { value = keys[index].value }
                        index += 1
                    }
                    labels.append(label)
                    values.append(value)
                    below.append(start..<index)
                }
            }
            level = below
            depth += 1
        }
        firstChild.append(Int32(labels.count))
    }

    /// The child of `node` along `byte`, or 0.
    @inline(__always)
    private func step(_ node: Int, _ byte: UInt8) -> Int {
        if node == 0 { return Int(rootChild[Int(byte)]) }
        var low = Int(firstChild[node])
        var high = Int(firstChild[node + 1])
        while low < high {
            let middle = (low + high) / 2
            if labels[middle] < byte { low = middle + 1 } else { high = middle }
        }
        return low < Int(firstChild[node + 1]) && labels[low] == byte ? low : 0
    }

    /// Calls `found` with the end and the value of every key that `bytes` contains from `start` on, shortest first.
    @inline(__always)
    func forEachPrefix(of bytes: [UInt8], from start: Int, _ found: (_ end: Int, _ value: Int32) -> Void) {
        var node = 0
        var position = start
        while position < bytes.count {
            node = step(node, bytes[position])
            if node == 0 { return }
            position += 1
            if values[node] >= 0 { found(position, values[node]) }
        }
    }

    /// The longest key that `bytes` contains from `start` on.
    @inline(__always)
    func longestPrefix(of bytes: [UInt8], from start: Int) -> (end: Int, value: Int32)? {
        var longest: (end: Int, value: Int32)?
        forEachPrefix(of: bytes, from: start) { longest = ($0, $1) }
        return longest
    }

    /// The value of exactly `key`.
    subscript(key: String) -> Int32? {
        var node = 0
        for byte in key.utf8 {
            node = step(node, byte)
            if node == 0 { return nil }
        }
        return node != 0 && values[node] >= 0 ? values[node] : nil
    }
}

/// Below, equal to or above zero as `left` sorts before, with or after `right`.
private func compare(_ left: Slice<UnsafeBufferPointer<UInt8>>, _ right: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    var i = left.startIndex
    var j = right.startIndex
    while i < left.endIndex, j < right.endIndex {
        if left[i] != right[j] { return Int(left[i]) - Int(right[j]) }
        i += 1
        j += 1
    }
    return left.count - right.count
}
