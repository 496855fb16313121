import CHiredis
import NIOCore

/// A command and its arguments, which may hold any bytes.
public struct RedisCommand: Sendable {
    let arguments: [[UInt8]]

    /// - Parameter name: such as GET.
    public init(_ name: String, _ arguments: [[UInt8]] = []) { self.arguments = [Array(name.utf8)] + arguments }

    /// With arguments that are texts.
    public init(_ name: String, texts: [String]) { self.init(name, texts.map { Array($0.utf8) }) }

    /// Appends the command as it goes over the wire.
    func write(to buffer: inout ByteBuffer) {
        let lengths = arguments.map(\.count)
        // One array of all bytes keeps the pointers of all arguments valid at once.
        let bytes = arguments.flatMap(\.self)
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            var offset = 0
            var pointers = unsafe lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                return unsafe start + offset
            }
            var text: UnsafeMutablePointer<CChar>?
            let length = unsafe redisFormatCommandArgv(&text, Int32(lengths.count), &pointers, lengths)
            guard length > 0, let text = unsafe text else { return }
            unsafe buffer.writeBytes(UnsafeRawBufferPointer(start: text, count: Int(length)))
            unsafe redisFreeCommand(text)
        }
    }
}
