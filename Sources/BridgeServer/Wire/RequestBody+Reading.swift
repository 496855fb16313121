import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The whole body, refused while it is read when it is over `limit`, whatever Content-Length says.
    func wholeBody(upTo limit: Int) async throws -> ByteBuffer {
        let tooLarge = ServiceError(
            .payloadTooLarge,
            "The body is larger than the \(limit) bytes that this route takes. Send less at once, or raise limits.body_text (limits.body_audio for speech) in the configuration."
        )
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw ServiceError(
                .unsupportedMediaType, "Bodies are taken as they are: send this one without Content-Encoding.",
                param: "Content-Encoding")
        }
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw tooLarge }
        var whole = ByteBuffer()
        // Room for what is announced, within reason: it may be a lie.
        whole.reserveCapacity(min(announced, 1 << 20))
        do {
            for try await piece in body {
                guard whole.readableBytes + piece.readableBytes <= limit else { throw tooLarge }
                whole.writeImmutableBuffer(piece)
            }
        } catch let error where error is ServiceError || error is CancellationError {
            throw error
        } catch {
            throw ServiceError(
                .invalidRequest,
                "The body ended after \(whole.readableBytes) bytes, before it was complete: the upload was cut off, or one of its chunks is malformed. Send all the bytes that Content-Length announces, or whole chunks.",
                param: "body", cause: error)
        }
        return whole
    }

    /// The fields of a JSON body, and the bytes of the field `name`, a text in base64 that may be nearly all of the body: it is decoded
    /// where it stands, and kept neither as a text nor as a part of the body.
    ///
    /// - Returns: nil instead of the bytes where there is no such field, or it is no plain text; it is among the fields then.
    func jsonFields(
        upTo limit: Int, base64 name: String, record: RequestRecord
    ) async throws -> (RequestFields, Base64.Upload?) {
        let body = try await jsonBody(upTo: limit)
        guard let place = body.placeOfText(name) else {
            // The parser's own copy, and the texts that it makes.
            try record.holdsMore(2 * body.readableBytes)
            defer { record.holdsOnly(body.readableBytes) }
            return (try await aside { try RequestFields(json: body) }, nil)
        }
        try record.holdsMore(place.count / 4 * 3)
        let (fields, upload) = try await aside {
            let fields = try RequestFields(json: body.without(place))
            let upload = try body.withUnsafeReadableBytes { bytes in
                try Base64.decode(
                    UnsafeRawBufferPointer(rebasing: bytes[place]).bindMemory(to: UInt8.self), field: name)
            }
            return (fields, upload)
        }
        record.holdsOnly(upload.bytes.count)
        return (fields, upload)
    }

    /// The fields of a JSON body.
    func jsonFields(upTo limit: Int) async throws -> RequestFields {
        let body = try await jsonBody(upTo: limit)
        // Small ones are read sooner than a thread is found.
        if body.readableBytes <= 64 << 10 { return try RequestFields(json: body) }
        return try await aside { try RequestFields(json: body) }
    }

    private func jsonBody(upTo limit: Int) async throws -> ByteBuffer {
        guard mediaType.map({ $0 == "application/json" || $0.hasSuffix("+json") }) ?? true else {
            throw ServiceError(
                .unsupportedMediaType,
                "This route takes JSON: send Content-Type: application/json (curl: -H 'Content-Type: application/json')."
            )
        }
        return try await wholeBody(upTo: limit)
    }

    /// The body's type without parameters, in lower case; nil when none is given.
    var mediaType: String? {
        headers[.contentType].flatMap { $0.split(separator: ";").first }.map {
            $0.filter { $0 != " " }.lowercased()
        }
    }

    /// The query as fields.
    var queryFields: [String: String] {
        Dictionary(
            uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
    }
}
