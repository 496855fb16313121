import BridgeSupport

/// A form with a file, which is kept in the memory of the body, without the bytes around it.
struct FormUpload: Sendable {
    var fields: RequestFields
    var bytes: [UInt8]

    /// - Parameters:
    ///   - body: without any other holder, or it would be copied.
    ///   - names: of the parts that are read as fields.
    /// - Throws: `invalid_request` if the body is not such a form, or has no part named file.
    init(_ body: consuming [UInt8], contentType: String, fields names: Set<String>) throws {
        let form = try MultipartForm(copy body, contentType: contentType)
        guard let file = form.file else {
            throw ServiceError.invalid(
                "file", "The form has no part named file; send the audio as curl -F file=@speech.wav does.")
        }
        fields = RequestFields(texts: try form.texts(names, in: body))
        body.removeLast(body.count - file.place.upperBound)
        body.removeFirst(file.place.lowerBound)
        bytes = body
    }
}
