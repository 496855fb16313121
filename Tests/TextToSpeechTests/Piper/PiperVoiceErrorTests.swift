import BridgeSupport
import EspeakNG
import Foundation
import OnnxRuntime
import Testing
@testable import TextToSpeech

/// Damaged or unfit voice files, and requests that a voice can't serve.
@Suite(.timeLimit(.minutes(5))) struct PiperVoiceErrorTests {
    private func failure(config change: (inout [String: Any]) -> Void, of name: String = "tones") async -> ServiceError?
    {
        await serviceError {
            try Fixtures.withCopy(of: name, config: change) { _ = try Fixtures.load(model: $0, config: $1) }
        }
    }

    @Test(arguments: ["audio", "espeak", "phoneme_id_map", "num_speakers"])
    func namesTheFileAndTheMissingKey(_ key: String) async throws {
        let error = try #require(await failure { $0[key] = nil })
        #expect(error.code == .modelNotInstalled)
        #expect(error.message.contains("tones.onnx.json") && error.message.contains("key \(key) is missing"))
    }

    @Test func namesNestedKeysAndWrongTypes() async {
        #expect(
            await failure { $0["audio"] = ["quality": "low"] }?.message.contains("audio.sample_rate is missing") == true
        )
        #expect(await failure { $0["num_speakers"] = "two" }?.message.contains("num_speakers has a wrong type") == true)
        #expect(await failure { $0["audio"] = ["sample_rate": 0] }?.message.contains("sample_rate") == true)
        #expect(await failure { $0["phoneme_type"] = "pinyin" }?.message.contains("pinyin") == true)
        #expect(await failure { $0["phoneme_id_map"] = ["a": [14]] }?.message.contains("phoneme_id_map has no") == true)
        #expect(await failure { $0["speaker_id_map"] = ["eve": 7] }?.message.contains("eve") == true)
        #expect(await failure { $0["default_speaker_id"] = 3 }?.message.contains("default_speaker_id") == true)
        #expect(await failure { $0["num_speakers"] = 0 }?.message.contains("num_speakers") == true)
    }

    static let unfit: [(String, @Sendable (inout [String: Any]) -> Void)] = [
        ("inference.length_scale", { $0["inference"] = ["length_scale": 1e5] }),
        ("inference.length_scale", { $0["inference"] = ["length_scale": 0] }),
        ("inference.length_scale", { $0["inference"] = ["length_scale": -1] }),
        ("inference.length_scale", { $0["inference"] = ["length_scale": 1e300] }),
        ("inference.noise_scale", { $0["inference"] = ["noise_scale": 1e38] }),
        ("inference.noise_scale", { $0["inference"] = ["noise_scale": 1e300] }),
        ("inference.noise_w", { $0["inference"] = ["noise_w": -0.1] }),
        ("num_speakers", { $0["num_speakers"] = 1_000_000_000 }),
        ("espeak.voice", { $0["espeak"] = ["voice": String(repeating: "f", count: 100_000)] }),
        ("vowel_clusters", { $0["vowel_clusters"] = [Array(repeating: "a", count: 1000)] }),
        ("phoneme_id_map", { changeIDs(&$0) { _, _ in [1 << 62] } }),
        ("phoneme_id_map", { changeIDs(&$0) { _, _ in [-5] } }),
        ("phoneme_id_map", { changeIDs(&$0) { _, _ in [300] } }),
        ("phoneme_id_map", { changeIDs(&$0) { _, _ in Array(repeating: 1, count: 20_000) } }),
        ("phoneme_id_map", { changeIDs(&$0) { $0 == "a" ? [] : $1 } }),
        ("phoneme_id_map", { changeIDs(&$0) { "_^$ .".contains($0) ? $1 : nil } }),
    ]

    private static func changeIDs(_ fields: inout [String: Any], _ change: (String, [Int]) -> [Int]?) {
        let map = fields["phoneme_id_map"] as? [String: [Int]] ?? [:]
        var changed: [String: [Int]] = [:]
        for (phoneme, ids) in map { changed[phoneme] = change(phoneme, ids) }
        fields["phoneme_id_map"] = changed
    }

    @Test(arguments: unfit.indices)
    func impossibleNumbersAreRefusedAtLoadWithTheirKey(_ index: Int) async throws {
        let (key, change) = Self.unfit[index]
        let error = try #require(await failure(config: change))
        #expect(error.code == .modelNotInstalled)
        #expect(error.message.contains("tones.onnx.json") && error.message.contains(key), "\(error.message)")
        #expect(error.message.count < 400)
    }

    @Test func acceptsWhatPublishedVoicesHave() throws {
        let voice = try Fixtures.withCopy(config: { fields in
            fields["inference"] = ["noise_scale": 0.333, "length_scale": 1.6, "noise_w": 1]
        }) { try Fixtures.load(model: $0, config: $1) }
        #expect(voice.sampleRate == 22050)
    }

    /// As Piper's exporter has written it into es_MX-ald-medium.
    @Test(arguments: ["PhonemeType.ESPEAK", "ESPEAK", "espeak"])
    func takesTheTypeOfPhonemesAsPublishedVoicesHaveIt(_ type: String) throws {
        let voice = try Fixtures.withCopy(config: { $0["phoneme_type"] = type }) {
            try Fixtures.load(model: $0, config: $1)
        }
        #expect(voice.sampleRate == 22050)
    }

    @Test func toleratesWhatMayBeAbsent() throws {
        let optional = ["inference", "language", "phoneme_type", "phoneme_map", "num_symbols", "speaker_id_map"]
        let voice = try Fixtures.withCopy(config: { fields in optional.forEach { fields[$0] = nil } }) {
            try Fixtures.load(model: $0, config: $1)
        }
        #expect(voice.sampleRate == 22050)
    }

    @Test(arguments: ["", "{", "[]", "nonsense"])
    func refusesWhatIsNoConfiguration(_ text: String) async throws {
        let error = await serviceError {
            try Fixtures.withCopy { model, config in
                try Data(text.utf8).write(to: config)
                _ = try Fixtures.load(model: model, config: config)
            }
        }
        #expect(error?.code == .modelNotInstalled)
        #expect(error?.message.contains("JSON") == true)
    }

    @Test func refusesMissingFiles() async throws {
        let nowhere = URL(fileURLWithPath: "/nonexistent/voice.onnx.json")
        let config = try Fixtures.url("voices/tones.onnx.json")
        let model = try Fixtures.url("voices/tones.onnx")
        #expect(
            await serviceError { _ = try Fixtures.load(model: model, config: nowhere) }?.message.contains(
                "cannot be read") == true)
        #expect(
            await serviceError { _ = try Fixtures.load(model: nowhere, config: config) }?.message.contains("is missing")
                == true)
    }

    @Test(arguments: [0, 1, 100, 3000, 5900])
    func refusesATruncatedModel(_ bytes: Int) async {
        let error = await serviceError {
            try Fixtures.withCopy(model: bytes) { _ = try Fixtures.load(model: $0, config: $1) }
        }
        #expect(error?.code == .modelNotInstalled)
        #expect(error?.message.contains("tones.onnx:") == true)
    }

    @Test func refusesSpeakersWithoutAnInputForThem() async {
        let error = await failure { $0["num_speakers"] = 2 }
        #expect(error?.message.contains("\"sid\"") == true && error?.message.contains("num_speakers 2") == true)
    }

    @Test func refusesAnEspeakVoiceThatIsNotThere() async {
        let error = await failure { $0["espeak"] = ["voice": "fr-fr"] }
        #expect(error?.message.contains("\"fr-fr\"") == true && error?.message.contains("espeak-ng-data") == true)
        #expect(await failure { $0["espeak"] = ["voice": ""] } != nil)
    }

    @Test func speakersGoByNameOrNumber() async throws {
        let voice = try Fixtures.voice("duet")
        #expect(voice.speakers == ["jessica", "pierre"])
        func samples(_ speaker: SynthesisRequest.Speaker?) async throws -> [Float] {
            try await voice.spoken(SynthesisRequest(text: "Hello.", speaker: speaker)).flatMap(\.samples)
        }
        let first = try await samples(.name("jessica"))
        let second = try await samples(.name("pierre"))
        #expect(first != second)
        #expect(try await samples(nil) == first)
        #expect(try await samples(.name("1")) == second)
        #expect(try await samples(.number(1)) == second)
    }

    @Test func aNumberIsNoName() async throws {
        // As in en_GB-aru-medium, where the speaker "10" has another number.
        let voice = try Fixtures.withCopy(of: "duet", config: { $0["speaker_id_map"] = ["1": 0, "0": 1] }) {
            try Fixtures.load(model: $0, config: $1)
        }
        func samples(_ speaker: SynthesisRequest.Speaker) async throws -> [Float] {
            try await voice.spoken(SynthesisRequest(text: "Hello.", speaker: speaker)).flatMap(\.samples)
        }
        let (first, second) = (try await samples(.number(0)), try await samples(.number(1)))
        #expect(try await samples(.name("1")) == first && first != second)
        #expect(try await samples(.name("0")) == second)
    }

    @Test(arguments: ["2", "-1", "Jessica", "", "😀"])
    func namesTheChoicesForAnUnknownSpeaker(_ speaker: String) async throws {
        let voice = try Fixtures.voice("duet")
        let error = await serviceError {
            _ = try await voice.spoken(SynthesisRequest(text: "Hello.", speaker: .name(speaker)))
        }
        #expect(error?.code == .invalidRequest && error?.param == "speaker")
        #expect(error?.message.contains("0 (jessica), 1 (pierre)") == true)
    }

    @Test func oneSpeakerIsNumberZero() async throws {
        let voice = try Fixtures.voice("tones")
        #expect(voice.speakers.isEmpty)
        #expect(try await voice.spoken(SynthesisRequest(text: "Oui.", speaker: .name("0"))).count == 1)
        let error = await serviceError {
            _ = try await voice.spoken(SynthesisRequest(text: "Oui.", speaker: .name("pierre")))
        }
        #expect(error?.param == "speaker")
    }

    @Test func theDefaultSpeakerIsTheConfigurations() async throws {
        let request = SynthesisRequest(text: "Hello.")
        let voice = try Fixtures.withCopy(of: "duet", config: { $0["default_speaker_id"] = 1 }) {
            try Fixtures.load(model: $0, config: $1)
        }
        let asked = try await Fixtures.voice("duet").spoken(SynthesisRequest(text: "Hello.", speaker: .number(1)))
        #expect(try await voice.spoken(request).flatMap(\.samples) == asked.flatMap(\.samples))
    }
}
