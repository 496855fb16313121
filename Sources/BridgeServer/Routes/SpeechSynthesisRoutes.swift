import BridgeRuntime
import Audio
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import ModelStore
import NIOCore
import SpokenText
import TextToSpeech
import WorkScheduling

/// `/api/tts`: text in, speech out.
struct SpeechSynthesisRoutes {
    let dependencies: RouteDependencies

    func add(to routes: inout RouteTable) {
        let work = RoutePolicy(
            group: .bridge(.tts), cost: .characters, bodyLimit: dependencies.textLimit,
            interactiveLimit: SynthesisRequest.surelyInteractiveBytes, budgetsItsAnswer: true)
        routes.add(.post, "/api/tts/synthesize", policy: work) { try await synthesize($0, $1) }
        routes.add(
            .post, "/api/tts/normalize",
            policy: RoutePolicy(group: .bridge(.tts), bodyLimit: dependencies.textLimit)
        ) { try await normalize($0, $1) }
        routes.add(.get, "/api/tts/voices", policy: RoutePolicy(group: .bridge(.tts))) { try await voices($0, $1) }
    }

    /// The answer without the audio.
    private struct Answer: Encodable {
        /// Length of the audio.
        var duration_ms: Int
        var format: String
        var processing_ms: Int
        var sample_rate: Int
        /// What was said and how it sounded, where that was asked for.
        var spoken: String?
        var phonemes: String?
        var voice: String

        init(_ speech: EncodedSpeech, explains: Bool) {
            duration_ms = Int((speech.duration * 1000).rounded())
            format = speech.format.rawValue
            processing_ms = Wire.milliseconds(speech.timings.total)
            sample_rate = speech.sampleRate
            spoken = explains ? speech.spoken.text : nil
            phonemes = explains ? speech.phonemes : nil
            voice = speech.voice
        }
    }

    private func synthesize(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        try fields.refuseStream()
        let form = SpeechForm(
            accept: request.headers[.accept], named: try fields.choice("format", AudioFormat.self))
        let synthesis = try synthesisRequest(fields)
        let explains = try fields.flag("explain") ?? false
        let (speech, share) = try await dependencies.speech(of: synthesis, as: form.format, for: context)
        let answer = Answer(speech, explains: explains)
        if let type = form.contentType { return Self.audio(speech.bytes, answer, type: type, share: share) }
        return Response(
            status: .ok, headers: [.contentType: Response.jsonType],
            body: try .base64(of: speech.bytes, as: "audio_data", in: answer, share: share))
    }

    /// The bytes themselves; headers hold the other fields that JSON would have.
    private static func audio(_ bytes: [UInt8], _ answer: Answer, type contentType: String, share: MemoryBudget.Share)
        -> Response
    {
        let headers: HTTPFields = [
            .contentType: contentType, .voice: answer.voice, .sampleRate: "\(answer.sample_rate)",
            .durationMilliseconds: "\(answer.duration_ms)",
        ]
        return Response(status: .ok, headers: headers, body: .pieces(of: bytes, share: share))
    }

    private func synthesisRequest(_ fields: RequestFields) throws -> SynthesisRequest {
        SynthesisRequest(
            text: try fields.requiredText("text"), voice: try fields.name("voice"),
            language: try fields.name("language"),
            speed: try fields.number("speed", in: SynthesisRequest.speeds) ?? 1, speaker: try Self.speaker(fields),
            putsIntoWords: try fields.flag("normalize") ?? true,
            normalize: try fields.flag("normalize_audio") ?? true,
            volume: try fields.number("volume", in: SynthesisRequest.volumes),
            sentenceSilence: try fields.number("sentence_silence", in: SynthesisRequest.silences))
    }

    /// A JSON number is a speaker's number; a text is a name first.
    private static func speaker(_ fields: RequestFields) throws -> SynthesisRequest.Speaker? {
        if fields.isNumber("speaker") { return try fields.integer("speaker", in: 0...100_000).map { .number($0) } }
        return try fields.text("speaker", expected: "a text or a number").map { .name($0) }
    }

    private struct Words: Encodable {
        struct Span: Encodable {
            var from: [Int]
            var to: [Int]
        }
        var text: String
        var spans: [Span]

        init(_ spoken: SpokenText) {
            text = spoken.text
            spans = spoken.spans.map {
                Span(from: [$0.from.lowerBound, $0.from.upperBound], to: [$0.to.lowerBound, $0.to.upperBound])
            }
        }
    }

    /// What a voice of a language would say, without a voice.
    private func normalize(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        let text = try fields.requiredText("text")
        try SynthesisRequest(text: text).validate()
        let language = try fields.name("language") ?? "fr"
        guard LanguageCheck.isTag(language) else {
            throw ServiceError.invalid("language", "language must be a tag such as fr, fr-BE or en.")
        }
        let lexicon = LexiconReader(dependencies.services.lexicon.lexicon, language: language)
        return try .json(
            Words(await aside { SpokenText(text, locale: SpokenLocale(language), lexicon: lexicon) }))
    }

    private struct Voices: Encodable {
        var voices: [String: String]
        var installed: [String]
        var `default`: String?
    }

    private func voices(_ request: Request, _: BridgeContext) async throws -> Response {
        let inventory = await dependencies.services.models.snapshot().inventory
        let installed = try inventory.models(of: .tts)
        let known = dependencies.services.store.catalogue.models.filter { $0.service == .tts }
        var summaries = Dictionary(known.map { ($0.id, $0.summary) }, uniquingKeysWith: { first, _ in first })
        for id in installed where summaries[id] == nil { summaries[id] = id }
        return try .json(
            Voices(voices: summaries, installed: installed, default: inventory.defaults[.tts]?.id))
    }
}
