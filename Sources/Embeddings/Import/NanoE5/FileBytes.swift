import Foundation

/// What is wrong with a file, as the end of a sentence that begins with its name.
struct Malformed: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}

/// A file that is read from its beginning, number by number, little-endian. Nothing is read, nor room made for it, beyond its end.
struct FileBytes {
    /// Of the whole file.
    let size: Int
    private(set) var position = 0
    private let handle: FileHandle

    init(_ url: URL) throws {
        handle = try FileHandle(forReadingFrom: url)
        size = Int(clamping: try handle.seekToEnd())
        try handle.seek(toOffset: 0)
    }

    /// - Throws: ``Malformed`` if the file has fewer.
    mutating func read(_ count: Int) throws -> [UInt8] {
        guard count <= size - position else { throw Malformed("it is cut off") }
        let bytes = count == 0 ? [] : [UInt8](try handle.read(upToCount: count) ?? Data())
        guard bytes.count == count else { throw Malformed("it is cut off") }
        position += count
        return bytes
    }

    mutating func move(to offset: Int) throws {
        try handle.seek(toOffset: UInt64(offset))
        position = offset
    }

    mutating func uint16() throws -> UInt16 { try number() }
    mutating func uint32() throws -> UInt32 { try number() }
    mutating func uint64() throws -> UInt64 { try number() }
    mutating func float() throws -> Float { Float(bitPattern: try uint32()) }

    /// A signed 32-bit number that says how many there are of something: from 1.
    mutating func count(_ what: String, upTo most: Int) throws -> Int {
        let count = Int(Int32(bitPattern: try uint32()))
        guard (1...most).contains(count) else { throw Malformed("it would have \(count) \(what)") }
        return count
    }

    private mutating func number<Number: FixedWidthInteger>() throws -> Number {
        try read(MemoryLayout<Number>.size).reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
