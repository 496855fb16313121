import Audio
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import ModelStore
import NIOCore
import TextToSpeech

/// `/api/tts`: text in, speech out.
struct SpeechSynthesisRoutes {
    let context: RouteContext

    func add(to router: Router<BridgeContext>) {
        router.path("/api/tts/synthesize", [(.post, synthesize)])
        router.path("/api/tts/voices", [(.get, voices)])
    }

    private struct Answer: Encodable {
        var audio_data: String
        var sample_rate: Int
        /// Length of the audio.
        var duration_ms: Int
        var voice: String
        var processing_ms: Int
        var format: String
    }

    @Sendable private func synthesize(_ request: Request, _ bridge: BridgeContext) async throws -> Response {
        try context.require("tts")
        let fields = try await request.jsonFields(upTo: context.textLimit)
        try fields.refuseStream()
        // Checked also where Accept decides.
        let named = try fields.choice("format", AudioFormat.self)
        let wanted = Self.format(accept: request.headers[.accept], named: named)
        let format = wanted ?? named ?? .pcmF32LE
        let synthesis = SynthesisRequest(
            text: try fields.requiredText("text"), voice: try fields.name("voice"),
            speed: try fields.number("speed", in: 0.25...4) ?? 1, speaker: try Self.speaker(fields),
            normalize: try fields.flag("normalize") ?? true)
        let service = context.services.textToSpeech
        let (speech, bytes) = try await context.perform("tts", for: bridge) {
            let speech = try await service.synthesize(synthesis)
            return (
                speech,
                try await AudioEncoder.encode(samples: speech.samples, sampleRate: speech.sampleRate, format: format)
            )
        }
        bridge.record.note(speech.timings, model: speech.voice, audioSeconds: speech.duration)
        if wanted != nil { return Self.audio(bytes, speech, format) }
        return .json(
            Answer(
                audio_data: Data(bytes).base64EncodedString(), sample_rate: speech.sampleRate,
                duration_ms: Int((speech.duration * 1000).rounded()), voice: speech.voice,
                processing_ms: Wire.milliseconds(speech.timings.total), format: format.rawValue))
    }

    /// The bytes themselves; what JSON would say beside them goes into headers.
    private static func audio(_ bytes: [UInt8], _ speech: SynthesizedSpeech, _ format: AudioFormat) -> Response {
        var headers: HTTPFields = [.contentType: format.contentType]
        for (name, value) in [
            ("X-Voice", speech.voice), ("X-Sample-Rate", "\(speech.sampleRate)"),
            ("X-Duration-Ms", "\(Int((speech.duration * 1000).rounded()))"),
        ] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A name or a number.
    private static func speaker(_ fields: RequestFields) throws -> String? {
        if fields.isNumber("speaker") {
            return try fields.integer("speaker", in: 0...100_000).map(String.init)
        }
        return try fields.text("speaker")
    }

    /// The audio type that Accept wants most; nil when that is JSON, or when no audio type of ours is named.
    ///
    /// - Parameter named: the field `format`, which decides where Accept leaves a choice.
    private static func format(accept: String?, named: AudioFormat?) -> AudioFormat? {
        let known: [String: AudioFormat] = [
            "audio/*": named ?? .wav, "audio/pcm": named == .pcmF32LE ? .pcmF32LE : .pcmS16LE,
            "audio/wav": .wav, "audio/x-wav": .wav, "audio/wave": .wav, "audio/vnd.wave": .wav,
            "audio/mpeg": .mp3, "audio/mp3": .mp3,
            "audio/ogg": .opus,
            "audio/opus": .opus, "audio/flac": .flac, "audio/x-flac": .flac, "audio/aac": .aac,
        ]
        var best: (quality: Double, format: AudioFormat?) = (0, nil)
        for type in (accept ?? "").lowercased().split(separator: ",") {
            let parts = type.split(separator: ";").map { $0.filter { $0 != " " } }
            let name = parts.first ?? ""
            guard known[name] != nil || name == "application/json" || name == "*/*" else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > best.quality { best = (quality, known[name]) }
        }
        return best.format
    }

    private struct Voices: Encodable {
        var voices: [String: String]
        var installed: [String]
        var `default`: String?
    }

    @Sendable private func voices(_ request: Request, _: BridgeContext) async throws -> Response {
        try context.require("tts")
        let store = context.services.store
        let known = store.catalogue.models.filter { $0.service == .tts }
        let installed = try store.installed().filter { $0.service == .tts }.map(\.id)
        let builtIn = known.filter { $0.source == .builtIn }.map(\.id)
        var summaries = Dictionary(known.map { ($0.id, $0.summary) }, uniquingKeysWith: { first, _ in first })
        for id in installed where summaries[id] == nil { summaries[id] = id }
        return .json(
            Voices(
                voices: summaries, installed: Array(Set(installed + builtIn)).sorted(),
                default: BridgeServices.effectiveModel(
                    for: .tts, configuration: context.services.configuration, store: store)))
    }
}
