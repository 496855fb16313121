import Foundation

/// A sequence of bytes to search for, in linear time whatever the input (Knuth, Morris, Pratt).
struct BytePattern: Sendable {
    let bytes: [UInt8]
    /// For each prefix of the pattern, the length of the longest shorter prefix that is also its suffix.
    private let fallback: [Int]

    init(_ bytes: [UInt8]) {
        var fallback = [Int](repeating: 0, count: bytes.count)
        var matched = 0
        for index in bytes.indices.dropFirst() {
            while matched > 0, bytes[index] != bytes[matched] { matched = fallback[matched - 1] }
            if bytes[index] == bytes[matched] { matched += 1 }
            fallback[index] = matched
        }
        (self.bytes, self.fallback) = (bytes, fallback)
    }

    /// Where the pattern first begins in `body`, at `start` or later.
    func firstIndex(in body: [UInt8], from start: Int) -> Int? {
        bytes.first.flatMap { first in body.withUnsafeBytes { search($0, first, from: start) } }
    }

    private func search(_ body: UnsafeRawBufferPointer, _ first: UInt8, from start: Int) -> Int? {
        var (position, matched) = (start, 0)
        while position < body.count {
            if matched == 0 {
                guard let next = body.firstIndex(of: first, from: position) else { return nil }
                position = next
            }
            while matched > 0, body[position] != bytes[matched] { matched = fallback[matched - 1] }
            if body[position] == bytes[matched] { matched += 1 }
            position += 1
            if matched == bytes.count { return position - matched }
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Where `byte` first stands, at `start` or later; uses the C library, which looks at many bytes at once.
    fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
