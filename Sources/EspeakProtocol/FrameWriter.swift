/// Writes frames, one after the other.
public struct FrameWriter: Sendable {
    /// The fields so far.
    public private(set) var bytes: [UInt8] = []

    /// Has no fields yet.
    public init() {}

    /// Adds a frame with the fields that `body` writes.
    public mutating func frame(_ kind: Frame.Kind, _ body: (inout FrameWriter) -> Void = { _ in }) {
        let start = bytes.count
        uint32(0)
        bytes.append(kind.rawValue)
        body(&self)
        let length = UInt32(bytes.count - start - 4)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
    }

    /// Appends one byte.
    public mutating func uint8(_ value: UInt8) { bytes.append(value) }
    /// Appends one byte, 1 or 0.
    public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }
    /// Appends two bytes, the least significant first.
    public mutating func uint16(_ value: UInt16) { little(value) }
    /// Appends four bytes, the least significant first.
    public mutating func uint32(_ value: UInt32) { little(value) }

    /// Appends the number of bytes of UTF-8 as a `uint32`, and the bytes.
    public mutating func string(_ value: String) {
        uint32(UInt32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// Appends bytes that go to the end of the frame.
    public mutating func samples(_ values: some Sequence<Int16>) {
        for value in values { little(UInt16(bitPattern: value)) }
    }

    /// Removes all frames, but keeps their memory.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func little<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number) {
        for index in 0..<(Number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Number(8 * index)))
        }
    }
}
