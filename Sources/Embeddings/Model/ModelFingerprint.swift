import Foundation

/// Distinguishes models by everything that determines their vectors: the given settings, and the files of the model's directory.
///
/// The same on every machine that has the same files, so that a cache may be shared. Each file counts with its length and
/// a digest of up to 64 blocks spread over it: further training changes weights everywhere, and reading half
/// a gigabyte at every start would cost a second. FNV-1a, since nobody gains by forging a cache key of their own server.
struct ModelFingerprint {
    let text: String

    private static let blocks = 64
    private static let blockSize = 4096

    init(directory: URL, parts: [String]) throws {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for part in parts {
            add(part.utf8)
            add([0xFF])
        }
        for file in try Self.files(in: directory) {
            add(file.utf8)
            let handle = try FileHandle(forReadingFrom: directory.appending(path: file))
            defer { try? handle.close() }
            let size = try handle.seekToEnd()
            add("\(size)".utf8)
            for block in 0..<UInt64(Self.blocks) {
                let offset = block * (size / UInt64(Self.blocks))
                if block > 0, size <= UInt64(Self.blockSize) { break }
                try handle.seek(toOffset: offset)
                add(try handle.read(upToCount: Self.blockSize) ?? Data())
            }
        }
        text = String(hash, radix: 16)
    }

    /// Weights, graphs and the tokenizer; relative paths in a fixed order.
    private static func files(in directory: URL) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let folder = directory.appending(path: "onnx").path
        let inner = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { "onnx/\($0)" }
        return (names + inner).filter {
            $0.hasSuffix(".onnx") || $0.hasSuffix(".onnx_data") || $0.hasSuffix(".safetensors")
                || $0 == "tokenizer.json"
        }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
