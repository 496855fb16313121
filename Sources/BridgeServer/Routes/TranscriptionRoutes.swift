import BridgeRuntime
import Audio
import BridgeSupport
import HTTPTypes
import Hummingbird
import SpeechToText
import WorkScheduling

/// `/api/stt`: speech in, text out.
struct TranscriptionRoutes {
    let dependencies: RouteDependencies

    func add(to routes: inout RouteTable) {
        let work = RoutePolicy(
            group: .bridge(.stt), cost: .audioSeconds, bodyLimit: dependencies.encodedAudioLimit,
            uploadLimit: dependencies.audioLimit)
        routes.add(.post, "/api/stt/transcribe", policy: work, handler: transcribe)
    }

    /// Audio and what to do with it, whichever form it came in.
    private struct Upload: Sendable {
        var audio: AudioInput
        var fields: RequestFields
        /// The field that errors about the audio name.
        var field: String

        /// - Parameters:
        ///   - bytes: without any other holder, so that they are freed once they are read.
        ///   - encoding: used if the fields name none.
        init(_ bytes: consuming [UInt8], usually encoding: AudioEncoding, fields: RequestFields, field: String) throws {
            let named = try fields.choice("encoding", AudioEncoding.self)
            try fields.refuseStream()
            let rate = try fields.integer("sample_rate", in: AudioEncoding.sampleRates)
            audio = AudioInput(bytes, encoding: named ?? encoding, sampleRate: rate ?? 16_000, field: field)
            self.fields = fields
            self.field = field
        }
    }

    @Sendable private func transcribe(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let upload = try await read(request, context.policy)
        let job = try job(upload)
        let service = dependencies.services.speechToText
        let transcription = try await dependencies.perform(.stt, for: context) {
            do {
                return try await service.transcribe(job)
            } catch var error as ServiceError where error.code == .undecodableAudio {
                // Decoders know the bytes, but not the field that they came in.
                error.param = error.param ?? upload.field
                throw error
            }
        }
        context.record.note(
            transcription.timings, model: transcription.model, audioSeconds: transcription.audioDuration)
        return try .json(TranscriptionResponse(transcription))
    }

    private func read(_ request: Request, _ policy: RoutePolicy) async throws -> Upload {
        let type = request.mediaType ?? "application/json"
        if type == "application/json" || type.hasSuffix("+json") {
            let body = try await request.jsonUpload(upTo: policy.bodyLimit, field: "audio_data")
            let (fields, audio) = (body.fields, body.upload)
            // A data: URL says that it contains a file; its kind is recognised from the file itself.
            return try Upload(
                audio.bytes, usually: audio.mediaType == nil ? .pcmF32LE : .auto, fields: fields, field: "audio_data")
        }
        if type == "multipart/form-data" {
            let contentType = request.headers[.contentType] ?? ""
            let body = Handover(try await request.wholeBody(upTo: policy.uploadLimit + dependencies.textLimit))
            let form = try await aside {
                try FormUpload(body.take(), contentType: contentType, fields: Self.formFields)
            }
            return try Upload(form.bytes, usually: .auto, fields: form.fields, field: "file")
        }
        guard type.hasPrefix("audio/") || type.hasPrefix("video/") || Self.binaryTypes.contains(type) else {
            throw ServiceError(
                .unsupportedMediaType,
                "This route takes application/json, multipart/form-data or the type of an audio file, not \(type.prefix(80)). For audio of any kind, application/octet-stream will do."
            )
        }
        let fields = RequestFields(texts: request.queryFields)
        // Raw samples do not describe themselves, so their type must.
        let isNamed = try fields.choice("encoding", AudioEncoding.self) != nil
        let raw = isNamed ? nil : try request.headers[.contentType].flatMap(LinearPCM.init(contentType:))
        let bytes = try await request.wholeBody(upTo: policy.uploadLimit)
        return try Upload(
            bytes.isEmpty ? bytes : raw?.wav(bytes) ?? bytes, usually: .auto, fields: fields, field: "body")
    }

    /// Types of audio and video files that do not begin with either word.
    private static let binaryTypes: Set<String> = [
        "application/octet-stream", "application/ogg", "application/x-ogg", "application/mp4", "application/x-matroska",
        "application/vnd.ms-asf",
    ]

    private static let formFields: Set<String> = [
        "beam_size", "encoding", "language", "model", "prompt", "sample_rate", "stream", "task", "temperature", "vad",
        "word_timestamps",
    ]

    private func job(_ upload: Upload) throws -> TranscriptionRequest {
        let fields = upload.fields
        return TranscriptionRequest(
            audio: upload.audio, language: try fields.text("language"),
            task: try fields.choice("task", TranscriptionRequest.Task.self) ?? .transcribe,
            model: try fields.name("model"), prompt: try fields.text("prompt"),
            temperature: try fields.number("temperature", in: 0...1),
            beamSize: try fields.integer("beam_size", in: 1...SpeechToTextService.maximumBeams),
            vad: try fields.flag("vad") ?? true, wordTimestamps: try fields.flag("word_timestamps") ?? false)
    }
}
