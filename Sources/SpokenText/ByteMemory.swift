/// Bytes with one owner, who never has to ask whether others share them.
struct ByteMemory: ~Copyable {
    /// All that there is room for. What is read from it is there until more room is made.
    private(set) var all = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    deinit { all.deallocate() }

    /// Makes room for so many, and for eight more, so that they can be read eight by eight.
    @inline(__always)
    mutating func reserve(_ count: Int) {
        if count &+ 8 > all.count { grow(to: count) }
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(count, 2 * all.count) + 64)
        _ = larger.update(fromContentsOf: all)
        all.deallocate()
        all = larger
    }

    subscript(place: Int) -> UInt8 { all[place] }

    subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(all)[range])
    }

    /// Where there is room for them.
    @inline(__always)
    mutating func write(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
        guard let start = all.baseAddress, let first = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(start + place).copyMemory(from: first, byteCount: bytes.count)
    }

    /// How many scalars a range holds: all bytes but those with which one goes on.
    func scalars(in range: Range<Int>) -> Int {
        let (bytes, end) = (UnsafeRawBufferPointer(all), range.upperBound)
        var (count, place) = (range.count, range.lowerBound)
        while place < end {
            var eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            if end &- place < 8 { eight &= 1 << UInt64(8 &* (end &- place)) &- 1 }
            // The first bit is set and the second is not.
            eight &= ~(eight << 1) & 0x8080_8080_8080_8080
            if eight != 0 { count &-= eight.nonzeroBitCount }
            place &+= 8
        }
        return count
    }
}
