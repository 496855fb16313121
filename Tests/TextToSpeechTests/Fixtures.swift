import BridgeSupport
import BridgeTesting
import EspeakNG
import Foundation
import OnnxRuntime
import WorkScheduling
@testable import TextToSpeech

/// Files and engines that this suite stands on.
enum Fixtures {
    static func url(_ path: String) throws -> URL {
        guard let root = Bundle.module.resourceURL else { throw Missing(what: "the test bundle's resources") }
        return root.appending(path: "Fixtures").appending(path: path)
    }

    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }

    /// One of the generated voices: "tones" (French, one speaker) or "duet" (English, two).
    static func voice(_ name: String, noise: PiperVoice.Noise? = PiperVoice.Noise.none) throws -> PiperVoice {
        try PiperVoice(
            voiceID: name, model: url("voices/\(name).onnx"), config: url("voices/\(name).onnx.json"),
            runtime: TestData.engine(), espeak: EspeakNG.shared(), noise: noise)
    }

    /// A copy of a generated voice, changed by `change`, in a directory of its own that is removed afterwards.
    static func withCopy<R>(
        of name: String = "tones", config change: (inout [String: Any]) -> Void = { _ in },
        model truncate: Int? = nil, _ body: (_ model: URL, _ config: URL) throws -> R
    ) throws -> R {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jarvis-tts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let model = directory.appending(path: "\(name).onnx")
        let config = directory.appending(path: "\(name).onnx.json")
        let bytes = try Data(contentsOf: url("voices/\(name).onnx"))
        try bytes.prefix(truncate ?? bytes.count).write(to: model)
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: url("voices/\(name).onnx.json")))
        guard var fields = json as? [String: Any] else { throw Missing(what: "an object in \(name).onnx.json") }
        change(&fields)
        try JSONSerialization.data(withJSONObject: fields).write(to: config)
        return try body(model, config)
    }

    static func load(model: URL, config: URL) throws -> PiperVoice {
        try PiperVoice(
            voiceID: "copy", model: model, config: config, runtime: TestData.engine(), espeak: EspeakNG.shared(),
            noise: PiperVoice.Noise.none)
    }

    struct Missing: Error { var what: String }
}

extension VoiceBackend {
    /// The sentences of `request`, gathered.
    func spoken(_ request: SynthesisRequest) async throws -> [SpokenSentence] {
        var gathered: [SpokenSentence] = []
        try await speak(request) { gathered.append($0) }
        return gathered
    }

    /// Has `take` take the sentences of `request`.
    func speak(
        _ request: SynthesisRequest, ticket: WorkTicket = .alone(), _ take: (SpokenSentence) throws -> Void
    ) async throws {
        for try await sentence in try await sentences(of: request, ticket: ticket) { try take(sentence) }
    }
}

extension EspeakReader {
    /// All clauses of `text`.
    func clauses(of text: String) async throws -> [ReadClause] {
        var reading = await reading(of: text)
        var clauses: [ReadClause] = []
        while let next = try await reading.next() { clauses += next }
        return clauses
    }
}

extension PiperPhonemizer {
    /// All sentences of `text`.
    func allSentences(of text: String, prepares: Bool = false) async throws -> [PhonemizedSentence] {
        var reading = await reading(of: text, prepares: prepares)
        var sentences: [PhonemizedSentence] = []
        while let sentence = try await reading.next() { sentences.append(sentence) }
        return sentences
    }
}

actor Gathered {
    var sentences: [SpokenSentence] = []
    func append(_ sentence: SpokenSentence) { sentences.append(sentence) }
}

/// The error that `body` throws; nil for none or another type.
func serviceError(_ body: () async throws -> Void) async -> ServiceError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ServiceError
    }
}
