import CZlib
package import Foundation

/// What this project needs of zlib.
package enum Compression {
    /// How many bytes are left of `bytes` in zlib's format at its default level, header included; nil where the library fails for
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
    /// - Returns: whether all of it is there.
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
