import BridgeRuntime
import Audio
import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore
import SpeechToText

/// `/api/stt`: speech in, text out.
struct TranscriptionRoutes {
    let context: RouteContext

    func add(to router: Router<BridgeContext>) {
        router.path("/api/stt/transcribe", [(.post, transcribe)])
    }

    /// Audio and what to do with it, from whichever form it came in.
    private struct Upload: Sendable {
        var bytes: [UInt8]
        var encoding: AudioEncoding
        var fields: RequestFields
        /// The field that errors about the audio name.
        var field: String
    }

    @Sendable private func transcribe(_ request: Request, _ bridge: BridgeContext) async throws -> Response {
        try context.require(.stt)
        let upload = try await read(request, bridge.record)
        try upload.fields.refuseStream()
        let job = try job(upload)
        let service = context.services.speechToText
        let transcription = try await context.perform(.stt, for: bridge) {
            do {
                return try await service.transcribe(job)
            } catch var error as ServiceError where error.code == .undecodableAudio {
                // Decoders know the bytes and not where they stood.
                error.param = error.param ?? upload.field
                throw error
            }
        }
        bridge.record.note(transcription.timings, model: transcription.model, audioSeconds: transcription.audioDuration)
        return try .json(TranscriptionResponse(transcription))
    }

    private func read(_ request: Request, _ record: RequestRecord) async throws -> Upload {
        let type = request.mediaType ?? "application/json"
        if type == "application/json" || type.hasSuffix("+json") {
            let (fields, plain) = try await request.jsonFields(
                upTo: context.encodedAudioLimit, base64: "audio_data", record: record)
            let audio: Base64.Upload
            if let plain { audio = plain } else { audio = try await escapedAudio(fields) }
            // A data: URL says that it holds a file; of which kind is seen from the file itself.
            let usual: AudioEncoding = audio.mediaType == nil ? .pcmF32LE : .auto
            return Upload(
                bytes: audio.bytes, encoding: try fields.choice("encoding", AudioEncoding.self) ?? usual,
                fields: fields,
                field: "audio_data")
        }
        if type == "multipart/form-data" {
            let contentType = request.headers[.contentType] ?? ""
            let body = try await request.wholeBody(upTo: context.audioLimit + context.textLimit)
            let form = try await aside { try MultipartForm(body, contentType: contentType) }
            guard let file = form.file else {
                throw ServiceError.invalid(
                    "file", "The form has no part named file; send the audio as curl -F file=@speech.wav does.")
            }
            let fields = RequestFields(texts: try form.texts(Self.formFields))
            return Upload(
                bytes: try Self.copy(file.bytes, record),
                encoding: try fields.choice("encoding", AudioEncoding.self) ?? .auto,
                fields: fields,
                field: "file")
        }
        guard type.hasPrefix("audio/") || type.hasPrefix("video/") || Self.binaryTypes.contains(type) else {
            throw ServiceError(
                .unsupportedMediaType,
                "This route takes application/json, multipart/form-data or the type of an audio file, not \(type.prefix(80)). For audio of any kind, application/octet-stream will do."
            )
        }
        let fields = RequestFields(texts: request.queryFields)
        let body = try await request.wholeBody(upTo: context.audioLimit)
        return Upload(
            bytes: try Self.copy(body.readableBytesView, record),
            encoding: try fields.choice("encoding", AudioEncoding.self) ?? .auto,
            fields: fields,
            field: "body")
    }

    /// As PHP writes it, with a backslash before each slash.
    private func escapedAudio(_ fields: RequestFields) async throws -> Base64.Upload {
        guard let text = try fields.text("audio_data") else {
            throw ServiceError.invalid("audio_data", "audio_data is missing; it must be the audio as base64.")
        }
        return try await aside { try Base64.decode(text, field: "audio_data") }
    }

    /// The audio without what stands around it, which is dropped then.
    private static func copy(_ bytes: ByteBufferView, _ record: RequestRecord) throws -> [UInt8] {
        try record.holdsMore(bytes.count)
        defer { record.holdsOnly(bytes.count) }
        return Array(bytes)
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
                ?? context.services.configuration[Keys.beams],
            vad: try fields.flag("vad") ?? true, wordTimestamps: try fields.flag("word_timestamps") ?? false)
    }
}
