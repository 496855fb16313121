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

    /// Appends a message.
    ///
    /// - Parameters:
    ///   - name: a word.
    ///   - data: appends the data: JSON on one line.
    func write(to buffer: inout ByteBuffer, name: String? = nil, _ data: (inout ByteBuffer) -> Void) {
        switch self {
        case .serverSentEvents:
            if let name { buffer.writeString("event: \(name)\n") }
            buffer.writeStaticString("data: ")
            data(&buffer)
            buffer.writeStaticString("\n\n")
        case .newlineDelimited:
            data(&buffer)
            buffer.writeStaticString("\n")
        }
    }
}
