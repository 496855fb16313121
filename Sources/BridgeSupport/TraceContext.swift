/// A place in a trace, as the headers `traceparent` and `tracestate` tell it (W3C Trace Context, level 1): the span that some work belongs
/// to, of this server or of its client.
public struct TraceContext: Sendable, Hashable {
    /// The header `traceparent`.
    public let parent: String
    /// The header `tracestate`, which only its own vendors read; nil if there is none, or one that may not be passed on.
    public let state: String?

    /// 32 hexadecimal digits, which all parts of a trace have in common.
    public var id: String { String(parent.dropFirst(3).prefix(32)) }
    /// 16 hexadecimal digits, which no other span of the trace has.
    public var spanID: String { String(parent.dropFirst(36).prefix(16)) }
    /// Whether the spans of the trace are recorded.
    public var isSampled: Bool { (UInt8(parent.dropFirst(53).prefix(2), radix: 16) ?? 0) & 1 == 1 }

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

    private init(id: String, spanID: String, isSampled: Bool, state: String?) {
        (parent, self.state) = ("00-\(id)-\(spanID)-\(isSampled ? "01" : "00")", state)
    }

    /// A new trace of its own.
    ///
    /// - Parameter isSampled: told the number that the trace's id ends with, which is random.
    public static func new(isSampled: (UInt64) -> Bool) -> TraceContext {
        let low = UInt64.random(in: 1 ... .max)
        return TraceContext(
            id: hexadecimal(.random(in: 1 ... .max)) + hexadecimal(low), spanID: newSpanID(), isSampled: isSampled(low),
            state: nil)
    }

    /// A new span in the same trace.
    public func child() -> TraceContext {
        TraceContext(id: id, spanID: Self.newSpanID(), isSampled: isSampled, state: state)
    }

    private static func newSpanID() -> String { hexadecimal(.random(in: 1 ... .max)) }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Capital letters are not allowed.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
