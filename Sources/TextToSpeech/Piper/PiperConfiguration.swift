import BridgeSupport
import Foundation

/// The `.onnx.json` file beside a Piper voice. Fields that are not listed here are ignored.
struct PiperConfiguration: Sendable {
    enum PhonemeType: String, Sendable { case espeak, text }

    /// Hertz of the sound; 16000, 22050 and 44100 occur.
    var sampleRate: Int
    /// The name of espeak-ng's voice; empty for voices that read code points.
    var espeakVoice: String
    var phonemeType: PhonemeType
    /// One or more ids for each phoneme.
    var phonemeIDs: [String: [Int64]]
    /// Runs of phonemes that count as one, such as ["a", "ɪ"].
    var vowelClusters: Set<[String]>
    var speakerCount: Int
    var speakerIDs: [String: Int]
    var defaultSpeaker: Int
    /// Amplitude of the latent noise.
    var noiseScale: Float
    /// Multiplies the durations of phonemes.
    var lengthScale: Double
    /// Amplitude of the noise in the durations.
    var noiseW: Float
}

extension PiperConfiguration {
    /// - Throws: `model_not_installed` naming the file and the key that is missing or wrong.
    init(contentsOf url: URL, voiceID: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw ServiceError.unusableVoice(
                voiceID, file: url.lastPathComponent, reason: "it cannot be read", cause: error)
        }
        do {
            self = try Self(JSONNode(parsing: [UInt8](data)).decode(File.self))
        } catch let error as JSONSyntaxError {
            throw ServiceError.unusableVoice(
                voiceID, file: url.lastPathComponent, reason: "it is not JSON: \(error)", cause: error)
        } catch let error as DecodingError {
            throw ServiceError.unusableVoice(voiceID, file: url.lastPathComponent, reason: error.reason, cause: error)
        } catch let problem as Problem {
            throw ServiceError.unusableVoice(voiceID, file: url.lastPathComponent, reason: problem.reason)
        }
    }

    private struct Problem: Error { var reason: String }

    private init(_ file: File) throws {
        guard (1000...384_000).contains(file.audio.sample_rate) else {
            throw Problem(reason: "its audio.sample_rate is \(file.audio.sample_rate), which is no sample rate")
        }
        guard let type = PhonemeType(rawValue: file.phoneme_type ?? "espeak") else {
            throw Problem(
                reason: "its phoneme_type is \"\(file.phoneme_type ?? "")\"; only \"espeak\" and \"text\" can be spoken"
            )
        }
        for symbol in [Self.pad, Self.start, Self.end] where file.phoneme_id_map[symbol]?.isEmpty != false {
            throw Problem(reason: "its phoneme_id_map has no \"\(symbol)\"")
        }
        guard file.num_speakers >= 1 else { throw Problem(reason: "its num_speakers is \(file.num_speakers)") }
        for (name, number) in file.speaker_id_map ?? [:] where !(0..<file.num_speakers).contains(number) {
            throw Problem(
                reason:
                    "its speaker_id_map gives \"\(name)\" the number \(number), and there are \(file.num_speakers) speakers"
            )
        }
        let defaultSpeaker = file.default_speaker_id ?? 0
        guard (0..<file.num_speakers).contains(defaultSpeaker) else {
            throw Problem(
                reason: "its default_speaker_id is \(defaultSpeaker), and there are \(file.num_speakers) speakers")
        }
        self.init(
            sampleRate: file.audio.sample_rate, espeakVoice: file.espeak.voice, phonemeType: type,
            phonemeIDs: file.phoneme_id_map, vowelClusters: Set(file.vowel_clusters ?? []),
            speakerCount: file.num_speakers,
            speakerIDs: file.speaker_id_map ?? [:], defaultSpeaker: defaultSpeaker,
            noiseScale: file.inference?.noise_scale ?? 0.667, lengthScale: file.inference?.length_scale ?? 1,
            noiseW: file.inference?.noise_w ?? 0.8)
    }

    static let pad = "_"
    static let start = "^"
    static let end = "$"

    /// The file's own names.
    private struct File: Decodable {
        struct Audio: Decodable { var sample_rate: Int }
        struct Espeak: Decodable { var voice: String }
        struct Inference: Decodable {
            var noise_scale: Float?
            var length_scale: Double?
            var noise_w: Float?
        }
        var audio: Audio
        var espeak: Espeak
        var phoneme_type: String?
        var phoneme_id_map: [String: [Int64]]
        var vowel_clusters: [[String]]?
        var num_speakers: Int
        var speaker_id_map: [String: Int]?
        var default_speaker_id: Int?
        var inference: Inference?
    }
}

extension DecodingError {
    /// What is wrong, and at which key, in a half sentence.
    fileprivate var reason: String {
        func path(_ context: Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + [key].compactMap(\.self)).map(\.stringValue).joined(separator: ".")
        }
        return switch self {
        case .keyNotFound(let key, let context): "its key \(path(context, key)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.codingPath.isEmpty ? "it is not a JSON object" : "its key \(path(context)) has a wrong type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty: "its key \(path(context)) has a wrong value"
        default: "it is not JSON"
        }
    }
}
