import Foundation
import Testing

/// The tensors of a safetensors file, to be changed and written again.
struct EditableSafetensors {
    struct Tensor {
        var type: String
        var shape: [Int]
        var data: Data

        /// 32-bit floats, all of one value.
        static func floats(_ shape: [Int], of value: Float = 0) -> Tensor {
            let numbers = [UInt32](repeating: value.bitPattern.littleEndian, count: shape.reduce(1, *))
            return Tensor(type: "F32", shape: shape, data: numbers.withUnsafeBytes { Data($0) })
        }
    }

    var tensors: [String: Tensor]
    /// By name, where in the file the header says that a tensor lies, if it lies.
    var lies: [String: [Int]] = [:]
    /// Behind the last tensor.
    var trailing = Data()

    init(_ url: URL) throws {
        let file = try Data(contentsOf: url)
        let length = Int(file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        let header = try #require(
            try JSONSerialization.jsonObject(with: file.dropFirst(8).prefix(length)) as? [String: [String: Any]])
        tensors = [:]
        for (name, entry) in header where name != "__metadata__" {
            let place = try #require(entry["data_offsets"] as? [Int])
            tensors[name] = Tensor(
                type: try #require(entry["dtype"] as? String), shape: try #require(entry["shape"] as? [Int]),
                data: file.dropFirst(8 + length).dropFirst(place[0]).prefix(place[1] - place[0]))
        }
    }

    func write(to url: URL) throws {
        var (header, data): ([String: Any], Data) = ([:], Data())
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let place = [data.count, data.count + tensor.data.count]
            header[name] =
                ["dtype": tensor.type, "shape": tensor.shape, "data_offsets": lies[name] ?? place] as [String: Any]
            data += tensor.data
        }
        let json = try JSONSerialization.data(withJSONObject: header)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
        try (Data(length) + json + data + trailing).write(to: url)
    }
}
