/// Memory of plain values with one owner, who never has to ask whether others share it. What is written through `start` must have been made
/// room for.
struct Memory<Element>: ~Copyable {
    /// What is read from it is there until more room is made.
    private(set) var start: UnsafeMutablePointer<Element>
    /// How many there is room for, apart from a few more, so that bytes can be read and written several at a time.
    private(set) var room: Int
    private static var spare: Int { SIMD32<UInt8>.scalarCount }

    init(room: Int = 64) {
        start = .allocate(capacity: room + Self.spare)
        self.room = room
    }

    deinit { start.deallocate() }

    /// Makes room for so many.
    @inline(__always)
    mutating func reserve(_ count: Int) {
        if count > room { grow(to: count) }
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        let larger = max(count, 2 * room)
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: larger + Self.spare)
        memory.moveInitialize(from: start, count: room)
        start.deallocate()
        (start, room) = (memory, larger)
    }

    subscript(place: Int) -> Element {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: room), "There is no room for so many.")
        return start[place]
    }
}

typealias ByteMemory = Memory<UInt8>

extension Memory<UInt8> {
    subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= room, "There is no room for so many.")
        return UnsafeBufferPointer(start: start + range.lowerBound, count: range.upperBound &- range.lowerBound)
    }

    /// Where there is room for them.
    @inline(__always)
    mutating func write(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
        guard let first = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(start + place).copyMemory(from: first, byteCount: bytes.count)
    }

    /// Makes room for them first.
    @inline(__always)
    mutating func write(_ bytes: SIMD32<UInt8>, at place: Int) {
        reserve(place &+ SIMD32<UInt8>.scalarCount)
        UnsafeMutableRawPointer(start + place).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
    }

    /// Where there is room for them, the same of bytes of another memory: nearly always few.
    @inline(__always)
    mutating func write(_ range: Range<Int>, of other: borrowing ByteMemory, at place: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.room, "There is no room for so many.")
        let source = UnsafeRawPointer(other.start + range.lowerBound)
        let target = UnsafeMutableRawPointer(start + place)
        var offset = 0
        while offset < range.upperBound &- range.lowerBound {
            let bytes = source.loadUnaligned(fromByteOffset: offset, as: SIMD32<UInt8>.self)
            target.storeBytes(of: bytes, toByteOffset: offset, as: SIMD32<UInt8>.self)
            offset &+= SIMD32<UInt8>.scalarCount
        }
    }

    /// The same of bytes that are UTF-8.
    ///
    /// - Returns: how many scalars they are: all bytes but those with which one goes on.
    mutating func writeCounting(_ range: Range<Int>, of other: borrowing ByteMemory, at place: Int) -> Int {
        let source = UnsafeRawPointer(other.start + range.lowerBound)
        let target = UnsafeMutableRawPointer(start + place)
        var (left, offset) = (range.upperBound &- range.lowerBound, 0)
        var scalars = left
        while left > 0 {
            var eight = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            target.storeBytes(of: eight.littleEndian, toByteOffset: offset, as: UInt64.self)
            // Those behind the end don't count.
            if left < 8 { eight = eight &<< UInt64(truncatingIfNeeded: 64 &- 8 &* left) }
            // The first bit is set and the second is not.
            eight &= ~(eight << 1) & 0x8080_8080_8080_8080
            scalars &-= Int(truncatingIfNeeded: ((eight >> 7) &* 0x0101_0101_0101_0101) >> 56)
            (left, offset) = (left &- 8, offset &+ 8)
        }
        return scalars
    }
}
