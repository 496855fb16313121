/// Which trace a request belongs to, as its sender says in the headers `traceparent` and `tracestate` (W3C Trace Context, level 1). It is
/// passed on unchanged, since no spans are made here, to the servers that answer for us, and its id goes into the log.
public struct TraceContext: Sendable, Hashable {
    /// The request that this task works for; nil if its sender traces nothing.
    @TaskLocal public static var current: TraceContext?

    /// The header `traceparent`.
    public let parent: String
    /// The header `tracestate`, which only its own vendors read; nil if there is none, or one that may not be passed on.
    public let state: String?

    /// 32 hexadecimal digits, which all parts of a trace have in common.
    public var id: String { String(parent.dropFirst(3).prefix(32)) }

    /// - Returns: nil for a header that is not valid, which is to be ignored (W3C Trace Context, 3.2.2 and 4.3).
    public init?(parent: String, state: String?) {
        let fields = parent.split(separator: "-", omittingEmptySubsequences: false)
        let lengths = [2, 32, 16, 2]
        guard fields.count >= 4,
            zip(fields, lengths).allSatisfy({ $0.utf8.count == $1 && $0.utf8.allSatisfy(Self.isDigit) })
        else { return nil }
        // Version ff is forbidden, version 00 has no more than four fields, and ids of zeros mean none.
        guard fields[0] != "ff", fields[0] != "00" || fields.count == 4, parent.utf8.count <= 256,
            !fields[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }),
            !fields[2].utf8.allSatisfy({ $0 == UInt8(ascii: "0") })
        else { return nil }
        self.parent = fields[0..<4].joined(separator: "-")
        self.state = state.flatMap {
            $0.utf8.count <= 512 && $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? $0 : nil
        }
    }

    /// Capital letters are not allowed.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
