import BridgeSupport
import Foundation

/// The `.onnx.json` file beside a Piper voice. Fields that are not listed here are ignored.
struct PiperConfiguration: Sendable {
    enum PhonemeType: String, Sendable {
        case espeak, text

        /// - Parameter name: as in the file. Piper's own exporter has written "PhonemeType.ESPEAK" into published voices
        ///   (es_MX-ald-medium).
        init?(named name: String) {
            self.init(rawValue: (name.split(separator: ".").last.map(String.init) ?? name).lowercased())
        }
    }

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

    struct Problem: Error { var reason: String }

    private init(_ file: File) throws {
        try file.check()
        guard let type = PhonemeType(named: file.phoneme_type ?? "espeak") else {
            throw Problem(
                reason: "its phoneme_type is \"\(file.phoneme_type ?? "")\"; only \"espeak\" and \"text\" can be spoken"
            )
        }
        self.init(
            sampleRate: file.audio.sample_rate, espeakVoice: file.espeak.voice, phonemeType: type,
            phonemeIDs: file.phoneme_id_map, vowelClusters: Set(file.vowel_clusters ?? []),
            speakerCount: file.num_speakers,
            speakerIDs: file.speaker_id_map ?? [:], defaultSpeaker: file.default_speaker_id ?? 0,
            noiseScale: Float(file.inference?.noise_scale ?? 0.667), lengthScale: file.inference?.length_scale ?? 1,
            noiseW: Float(file.inference?.noise_w ?? 0.8))
    }

    static let pad = "_"
    static let start = "^"
    static let end = "$"
}

extension DecodingError {
    /// What is wrong, and at which key, as half a sentence.
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
