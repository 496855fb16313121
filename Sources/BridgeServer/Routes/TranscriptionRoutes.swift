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

    /// Audio and what to do with it, from whichever form it came in.
    private struct Upload: Sendable {
        var bytes: [UInt8]
        var encoding: AudioEncoding
        var fields: RequestFields
        /// The field that errors about the audio name.
        var field: String
    }

    @Sendable private func transcribe(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let upload = try await read(request, context.policy)
        try upload.fields.refuseStream()
        let job = try job(upload)
        let service = dependencies.services.speechToText
        let transcription = try await dependencies.perform(.stt, for: context) {
            do {
                return try await service.transcribe(job)
            } catch var error as ServiceError where error.code == .undecodableAudio {
                // Decoders know the bytes and not where they stood.
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
            // A data: URL says that it holds a file; of which kind is seen from the file itself.
            let usual: AudioEncoding = audio.mediaType == nil ? .pcmF32LE : .auto
            return Upload(
                bytes: audio.bytes, encoding: try fields.choice("encoding", AudioEncoding.self) ?? usual,
                fields: fields,
                field: "audio_data")
        }
        if type == "multipart/form-data" {
            let contentType = request.headers[.contentType] ?? ""
            let body = Handover(try await request.wholeBody(upTo: policy.uploadLimit + dependencies.textLimit))
            let form = try await aside {
                try FormUpload(body.take(), contentType: contentType, fields: Self.formFields)
            }
            return Upload(
                bytes: form.bytes, encoding: try form.fields.choice("encoding", AudioEncoding.self) ?? .auto,
                fields: form.fields, field: "file")
        }
        guard type.hasPrefix("audio/") || type.hasPrefix("video/") || Self.binaryTypes.contains(type) else {
            throw ServiceError(
                .unsupportedMediaType,
                "This route takes application/json, multipart/form-data or the type of an audio file, not \(type.prefix(80)). For audio of any kind, application/octet-stream will do."
            )
        }
        let fields = RequestFields(texts: request.queryFields)
        let encoding = try fields.choice("encoding", AudioEncoding.self)
        // Nothing in raw samples tells what they are, so that their type must.
        let raw = encoding == nil ? try request.headers[.contentType].flatMap(LinearPCM.init(contentType:)) : nil
        let bytes = try await request.wholeBody(upTo: policy.uploadLimit)
        return Upload(
            bytes: bytes.isEmpty ? bytes : raw?.wav(bytes) ?? bytes, encoding: encoding ?? .auto, fields: fields,
            field: "body")
    }

    /// Types of audio and video files that are called neither.
    private static let binaryTypes: Set<String> = [
        "application/octet-stream", "application/ogg", "application/x-ogg", "application/mp4", "application/x-matroska",
        "application/vnd.ms-asf",
    ]

    private static let formFields: Set<String> = [
        "beam_size", "encoding", "language", "model", "prompt", "sample_rate", "stream", "task", "temperature", "vad",
        "word_timestamps",
    ]

    /// Those who wait for their turn cost no child process and no file, see `DeferredSource`.
    private func job(_ upload: Upload) throws -> TranscriptionRequest {
        let fields = upload.fields
        let rate = try fields.integer("sample_rate", in: AudioEncoding.sampleRates) ?? 16_000
        return TranscriptionRequest(
            audio: DeferredSource(
                compressedBytes: AudioDecoder.isCompressed(upload.bytes, encoding: upload.encoding)
                    ? upload.bytes.count : nil
            ) {
                try await AudioDecoder.open(
                    upload.bytes, encoding: upload.encoding, sampleRate: rate, field: upload.field)
            },
            language: try fields.text("language"),
            task: try fields.choice("task", TranscriptionRequest.Task.self) ?? .transcribe,
            model: try fields.name("model"), prompt: try fields.text("prompt"),
            temperature: try fields.number("temperature", in: 0...1),
            beamSize: try fields.integer("beam_size", in: 1...SpeechToTextService.maximumBeams)
                ?? dependencies.services.configuration[Keys.beams],
            vad: try fields.flag("vad") ?? true, wordTimestamps: try fields.flag("word_timestamps") ?? false)
    }
}
