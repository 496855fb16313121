import CZlib
package import Foundation

/// The parts of zlib that this project needs.
package enum Compression {
    /// The size of `bytes` when compressed in zlib's format at its default level, including the header; nil when the library fails for
    /// want of memory.
    package static func deflatedSize(of bytes: [UInt8]) -> Int? {
        var size = compressBound(uLong(bytes.count))
        var compressed = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&compressed, &size, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK else {
            return nil
        }
        return Int(size)
    }

    /// Writes the content of `file` to `target` in gzip's format.
    ///
    /// - Returns: whether all of it was written.
    package static func gzip(_ file: URL, to target: URL) -> Bool {
        guard let input = try? FileHandle(forReadingFrom: file), let output = gzopen(target.path, "wb6") else {
            return false
        }
        defer { try? input.close() }
        var isWhole = true
        while isWhole, let chunk = try? input.read(upToCount: 1 << 16), !chunk.isEmpty {
            isWhole = chunk.withUnsafeBytes { gzwrite(output, $0.baseAddress, UInt32($0.count)) } == Int32(chunk.count)
        }
        return gzclose(output) == Z_OK && isWhole
    }
}
