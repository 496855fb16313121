/// Numbers and names in a few bytes of a RIFF file. A field past the end reads as 0: callers check `count` first.
struct RIFFFields {
    private let raw: [UInt8]
    private let isBigEndian: Bool

    init(_ raw: [UInt8], isBigEndian: Bool = false) {
        self.raw = raw
        self.isBigEndian = isBigEndian
    }

    var count: Int { raw.count }

    func bytes(_ range: Range<Int>) -> [UInt8] { Array(raw[range.clamped(to: raw.indices)]) }
    func tag(_ offset: Int) -> String { String(decoding: bytes(offset..<offset + 4), as: UTF8.self) }
    func uint16(_ offset: Int) -> Int { integer(bytes(offset..<offset + 2)) }
    func uint32(_ offset: Int) -> Int { integer(bytes(offset..<offset + 4)) }
    /// A 64-bit size, or nil when it is absurd.
    func smallUInt64(_ offset: Int) -> Int? {
        let value = bytes(offset..<offset + 8)
        let (high, low) = isBigEndian ? (value.prefix(2), value.dropFirst(2)) : (value.suffix(2), value.dropLast(2))
        return high.allSatisfy { $0 == 0 } ? integer(Array(low)) : nil
    }

    private func integer(_ bytes: [UInt8]) -> Int {
        (isBigEndian ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
}
