import NIOCore

/// The two ways to send one object after another.
enum EventFormat: Sendable, CaseIterable {
    /// `text/event-stream`: `data: {…}` and an empty line; a name goes before, as `event: NAME`.
    case serverSentEvents
    /// `application/x-ndjson`: one object per line, without a name.
    case newlineDelimited

    /// NDJSON if Accept names it and does not prefer SSE; otherwise SSE.
    init(accept: String?) {
        let types = Accept.types(accept)
        let quality = { (name: String) in types.first { $0.name == name }?.quality ?? 0 }
        let wish = quality("application/x-ndjson")
        self = wish > 0 && wish >= quality("text/event-stream") ? .newlineDelimited : .serverSentEvents
    }

    /// The format of answers of this type; nil for other types.
    init?(contentType: String?) {
        guard let known = Self.allCases.first(where: { $0.contentType == contentType }) else { return nil }
        self = known
    }

    var contentType: String {
        switch self {
        case .serverSentEvents: "text/event-stream; charset=utf-8"
        case .newlineDelimited: "application/x-ndjson; charset=utf-8"
        }
    }

    /// What may stand between two messages without meaning anything.
    var nothing: ByteBuffer {
        switch self {
        case .serverSentEvents: ByteBuffer(string: ":\n\n")
        case .newlineDelimited: ByteBuffer(string: " ")
        }
    }

    /// What stands around the data of each message.
    fileprivate var marks: (start: StaticString, end: StaticString) {
        switch self {
        case .serverSentEvents: ("data: ", "\n\n")
        case .newlineDelimited: ("", "\n")
        }
    }

    /// Appends a message.
    ///
    /// - Parameters:
    ///   - name: a word.
    ///   - data: appends the data: JSON on one line.
    func write(to buffer: inout ByteBuffer, name: String? = nil, _ data: (inout ByteBuffer) -> Void) {
        write(name, to: &buffer)
        buffer.writeStaticString(marks.start)
        data(&buffer)
        buffer.writeStaticString(marks.end)
    }

    /// Appends a message in which only one text changes.
    func write(_ text: String, in frame: TextFrame, to buffer: inout ByteBuffer, name: String? = nil) {
        write(name, to: &buffer)
        let (start, end) = frame.bytes(in: self)
        buffer.writeJSON(text, between: start, and: end)
    }

    private func write(_ name: String?, to buffer: inout ByteBuffer) {
        if let name, self == .serverSentEvents { buffer.writeString("event: \(name)\n") }
    }
}

/// The JSON around a text, and what each format puts around that: ready to be written, as it is for each token.
struct TextFrame: Sendable {
    fileprivate typealias Bytes = (start: [UInt8], end: [UInt8])

    private let events: Bytes
    private let lines: Bytes

    init(start: String, end: String) {
        let bytes = { (format: EventFormat) -> Bytes in
            (Array("\(format.marks.start)\(start)".utf8), Array("\(end)\(format.marks.end)".utf8))
        }
        (events, lines) = (bytes(.serverSentEvents), bytes(.newlineDelimited))
    }

    fileprivate func bytes(in format: EventFormat) -> Bytes {
        switch format {
        case .serverSentEvents: events
        case .newlineDelimited: lines
        }
    }
}
