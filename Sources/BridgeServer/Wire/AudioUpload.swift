import Audio
import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird
import WorkScheduling

/// Audio and what to do with it, whichever form it came in.
struct AudioUpload: Sendable {
    var audio: AudioInput
    var fields: RequestFields
    /// The field that errors about the audio name.
    var field: String

    /// - Parameters:
    ///   - bytes: without any other holder, so that they are freed once they are read.
    ///   - encoding: used if the fields name none.
    fileprivate init(
        _ bytes: consuming [UInt8], usually encoding: AudioEncoding, fields: RequestFields, field: String
    ) throws {
        let named = try fields.choice("encoding", AudioEncoding.self)
        let rate = try fields.integer("sample_rate", in: AudioEncoding.sampleRates)
        audio = AudioInput(bytes, encoding: named ?? encoding, sampleRate: rate ?? 16_000, field: field)
        self.fields = fields
        self.field = field
    }

    /// Types of audio and video files that do not begin with either word.
    fileprivate static let binaryTypes: Set<String> = [
        "application/octet-stream", "application/ogg", "application/x-ogg", "application/mp4", "application/x-matroska",
        "application/vnd.ms-asf",
    ]
}

extension Request {
    /// The audio in JSON (base64 in `audio_data`), in a form (a part `file`), or as the body itself, with its fields in the query.
    ///
    /// - Parameters:
    ///   - policy: with the limits of bodies that are encoded and that are not.
    ///   - textLimit: bytes that a form may hold in addition to its file.
    ///   - names: of the parts of a form that are read as fields.
    /// - Throws: `unsupported_media_type`, and what reading the body and its fields throws.
    func audioUpload(
        upTo policy: RoutePolicy, fields textLimit: Int, names: Set<String>
    ) async throws -> AudioUpload {
        let type = mediaType ?? "application/json"
        if type == "application/json" || type.hasSuffix("+json") {
            let body = try await jsonUpload(upTo: policy.bodyLimit, field: "audio_data")
            let (fields, audio) = (body.fields, body.upload)
            // A data: URL says that it contains a file; its kind is recognised from the file itself.
            return try AudioUpload(
                audio.bytes, usually: audio.mediaType == nil ? .pcmF32LE : .auto, fields: fields, field: "audio_data")
        }
        if type == "multipart/form-data" {
            let contentType = headers[.contentType] ?? ""
            let body = Handover(try await wholeBody(upTo: policy.uploadLimit + textLimit))
            let form = try await aside {
                try FormUpload(body.take(), contentType: contentType, fields: names)
            }
            return try AudioUpload(form.bytes, usually: .auto, fields: form.fields, field: "file")
        }
        guard type.hasPrefix("audio/") || type.hasPrefix("video/") || AudioUpload.binaryTypes.contains(type) else {
            throw ServiceError(
                .unsupportedMediaType,
                "This route takes application/json, multipart/form-data or the type of an audio file, not \(type.prefix(80)). For audio of any kind, application/octet-stream will do."
            )
        }
        let fields = RequestFields(texts: queryFields)
        // Raw samples do not describe themselves, so their type must.
        let isNamed = try fields.choice("encoding", AudioEncoding.self) != nil
        let raw = isNamed ? nil : try headers[.contentType].flatMap(LinearPCM.init(contentType:))
        let bytes = try await wholeBody(upTo: policy.uploadLimit)
        return try AudioUpload(
            bytes.isEmpty ? bytes : raw?.wav(bytes) ?? bytes, usually: .auto, fields: fields, field: "body")
    }
}
