package import Foundation

/// What is wrong with a file, as the end of a sentence that begins with its name.
package struct Malformed: Error {
    package var reason: String
    package init(_ reason: String) { self.reason = reason }
}

/// A file that is read from its beginning, number by number, little-endian. Nothing is read, nor room made for it, beyond its end.
package struct BinaryFile {
    /// Of the whole file, in bytes.
    package let size: Int
    package private(set) var position = 0
    private let handle: FileHandle
    /// The bytes from `position` on that have been read already: numbers are small, and calls of the system slow.
    private var ahead: ArraySlice<UInt8> = []
    private static let readAhead = 4096

    package init(_ url: URL) throws {
        handle = try FileHandle(forReadingFrom: url)
        size = Int(clamping: try handle.seekToEnd())
    }

    package var isAtEnd: Bool { position == size }

    /// - Throws: ``Malformed`` if the file has fewer.
    package mutating func read(_ count: Int) throws -> [UInt8] {
        guard (0...size - position).contains(count) else { throw Malformed("it is cut off") }
        if ahead.count < count {
            try handle.seek(toOffset: UInt64(position))
            ahead = [UInt8](try handle.read(upToCount: max(count, Self.readAhead)) ?? Data())[...]
            // It may have become shorter meanwhile.
            guard ahead.count >= count else { throw Malformed("it is cut off") }
        }
        let bytes = [UInt8](ahead.prefix(count))
        try move(to: position + count)
        return bytes
    }

    /// Goes on at a place, counted in bytes from the beginning.
    ///
    /// - Throws: ``Malformed`` if it lies after the end.
    package mutating func move(to offset: Int) throws {
        guard (0...size).contains(offset) else { throw Malformed("it is cut off") }
        ahead = offset >= position ? ahead.dropFirst(offset - position) : []
        position = offset
    }

    package mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
        try read(MemoryLayout<Number>.size).reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    package mutating func float() throws -> Float { Float(bitPattern: try number(UInt32.self)) }

    /// A signed 32-bit number that says how many there are of something: from 1.
    package mutating func count(_ what: String, upTo most: Int) throws -> Int {
        let count = Int(try number(Int32.self))
        guard (1...most).contains(count) else { throw Malformed("it would have \(count) \(what)") }
        return count
    }
}
