import BridgeSupport

/// A JSON body that consists almost entirely of one field: bytes in base64. They are decoded in place, over the text itself, so that a
/// recording takes no more memory than its body.
struct JSONUpload: Sendable {
    var fields: RequestFields
    var upload: Base64.Upload

    /// - Parameters:
    ///   - body: without any other holder, or it would be copied.
    ///   - name: of the field in base64, which is then not among the fields.
    /// - Throws: `invalid_json` if it is not a JSON object; `invalid_request` if the field is missing, not a text, or not base64.
    init(_ body: consuming [UInt8], field name: String) throws {
        let (fields, place) = try Self.places(in: body, name)
        self.fields = fields
        let mediaType = try Base64.decode(&body, at: place, field: name)
        upload = Base64.Upload(bytes: body, mediaType: mediaType)
    }

    /// The document, which also holds the bytes, is gone when this returns.
    private static func places(in body: [UInt8], _ name: String) throws -> (RequestFields, Base64.Place) {
        let root = try RequestFields.object(body)
        guard let node = root[name] else {
            throw ServiceError.invalid(name, "\(name) is missing; it must be the audio as base64.")
        }
        guard let place = node.placeOfText else { throw ServiceError.invalid(name, "\(name) must be a text.") }
        return (
            RequestFields(root, except: name), Base64.Place(range: place.range, hasEscapes: place.hasEscapes)
        )
    }
}
