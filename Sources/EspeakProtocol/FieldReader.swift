/// Reads the fields of a frame in order, never past its end.
public struct FieldReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Begins with the first field of `frame`.
    public init(_ frame: Frame) { bytes = frame.fields }

    /// - Throws: ``MalformedFrame`` if the frame ends too early; so do all other methods.
    public mutating func uint8() throws -> UInt8 { try next(1)[0] }
    /// Anything but 0 is true.
    public mutating func bool() throws -> Bool { try uint8() != 0 }
    /// The least significant byte comes first.
    public mutating func uint16() throws -> UInt16 { try UInt16(number(2)) }
    /// The least significant byte comes first.
    public mutating func uint32() throws -> UInt32 { try number(4) }

    /// Bytes that are not UTF-8 become U+FFFD.
    public mutating func string() throws -> String {
        let count = try Int(uint32())
        return String(decoding: try next(count), as: UTF8.self)
    }

    /// All remaining bytes.
    public mutating func samples() throws -> [Int16] {
        guard (bytes.count - position).isMultiple(of: 2) else { throw MalformedFrame() }
        defer { position = bytes.count }
        return stride(from: position, to: bytes.count, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
    }

    /// - Throws: ``MalformedFrame`` unless all fields were read.
    public func end() throws {
        guard position == bytes.count else { throw MalformedFrame() }
    }

    private mutating func number(_ count: Int) throws -> UInt32 {
        try next(count).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private mutating func next(_ count: Int) throws -> [UInt8] {
        guard count <= bytes.count - position else { throw MalformedFrame() }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }
}
