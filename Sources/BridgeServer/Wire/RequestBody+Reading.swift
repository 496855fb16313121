import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore
import WorkScheduling

extension Request {
    /// The whole body, refused while it is read when it is over `limit`, whatever Content-Length says.
    ///
    /// Memory is reserved in steps of four times what has come, up to what is announced: no more of it than the body has is ever
    /// touched, no body is copied that is larger than a quarter of what is announced, and a client that announces a lot and
    /// sends little gets little.
    func wholeBody(upTo limit: Int) async throws -> [UInt8] {
        let tooLarge = ServiceError(
            .payloadTooLarge,
            "The body is larger than the \(limit) bytes that this route takes. Send less at once, or raise \(Keys.largestText.name) (\(Keys.largestAudio.name) for speech) in the configuration."
        )
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw ServiceError(
                .unsupportedMediaType, "Bodies are taken as they are: send this one without Content-Encoding.",
                param: HTTPField.Name.contentEncoding.rawName)
        }
        let announced = headers[.contentLength].flatMap { Int($0) }
        guard announced ?? 0 <= limit else { throw tooLarge }
        var whole: [UInt8] = []
        do {
            for try await piece in body {
                let size = whole.count + piece.readableBytes
                guard size <= limit else { throw tooLarge }
                if size > whole.capacity { whole.reserveCapacity(Self.capacity(for: size, of: announced ?? limit)) }
                piece.readableBytesView.withUnsafeBytes { whole.append(contentsOf: $0.bindMemory(to: UInt8.self)) }
            }
        } catch let error where error is ServiceError || error is CancellationError {
            throw error
        } catch {
            throw ServiceError(
                .invalidRequest,
                "The body ended after \(whole.count) bytes, before it was complete: the upload was cut off, or one of its chunks is malformed. Send all the bytes that Content-Length announces, or whole chunks.",
                param: "body", cause: error)
        }
        return whole
    }

    /// The smallest of `whole`, a quarter of it, a sixteenth and so on that has room for `size`.
    private static func capacity(for size: Int, of whole: Int) -> Int {
        var capacity = max(whole, size)
        while capacity / 4 >= max(size, 64 << 10) { capacity /= 4 }
        return capacity
    }

    /// The fields of a JSON body, and the bytes of the field `name`, a text in base64 that may be nearly all of the body.
    func jsonUpload(upTo limit: Int, field name: String) async throws -> JSONUpload {
        let body = Handover(try await jsonBody(upTo: limit))
        return try await aside { try JSONUpload(body.take(), field: name) }
    }

    /// The fields of a JSON body.
    func jsonFields(upTo limit: Int) async throws -> RequestFields {
        let body = try await jsonBody(upTo: limit)
        // Small ones are read sooner than a thread is found.
        if body.count <= 64 << 10 { return try RequestFields(json: body) }
        return try await aside { try RequestFields(json: body) }
    }

    /// The fields of a JSON body that may be left out.
    func optionalJSONFields(upTo limit: Int) async throws -> RequestFields {
        let body = try await jsonBody(upTo: limit)
        return try body.isEmpty ? RequestFields(texts: [:]) : RequestFields(json: body)
    }

    private func jsonBody(upTo limit: Int) async throws -> [UInt8] {
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
            uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { "\($0),\($1)" })
    }
}
