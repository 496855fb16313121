import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird
import SpeechToText

/// `/api/stt`: speech in, text out.
struct TranscriptionRoutes {
    let dependencies: RouteDependencies

    func add(to routes: inout RouteTable) {
        let work = RoutePolicy(
            group: .bridge(.stt), cost: .audioSeconds, bodyLimit: dependencies.encodedAudioLimit,
            uploadLimit: dependencies.audioLimit)
        routes.add(.post, "/api/stt/transcribe", policy: work) { try await transcribe($0, $1) }
    }

    private func transcribe(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let upload = try await request.audioUpload(
            upTo: context.policy, fields: dependencies.textLimit, names: Self.formFields)
        try upload.fields.refuseStream()
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
            transcription.timings, model: transcription.model,
            usage: RequestUsage(audioSeconds: transcription.audioDuration))
        return try .json(TranscriptionResponse(transcription))
    }

    private static let formFields: Set<String> = [
        "beam_size", "encoding", "language", "languages", "model", "prompt", "sample_rate", "stream", "task",
        "temperature", "text_format", "vad", "word_timestamps",
    ]

    private func job(_ upload: AudioUpload) throws -> TranscriptionRequest {
        let fields = upload.fields
        return TranscriptionRequest(
            audio: upload.audio, language: try fields.text("language"), languages: try fields.words("languages"),
            task: try fields.choice("task", TranscriptionRequest.Task.self) ?? .transcribe,
            model: try fields.name("model"), prompt: try fields.text("prompt"),
            temperature: try fields.number("temperature", in: 0...1),
            beamSize: try fields.integer("beam_size", in: 1...SpeechToTextService.maximumBeams),
            vad: try fields.flag("vad") ?? true, wordTimestamps: try fields.flag("word_timestamps") ?? false,
            textFormat: try fields.choice("text_format", TranscriptionRequest.TextFormat.self) ?? .spoken)
    }
}
