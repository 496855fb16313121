import BridgeSupport
import Foundation

/// The list of Piper voices as the repository rhasspy/piper-voices publishes it (`voices.json`).
struct PiperVoiceList: Sendable {
    static let repository = "rhasspy/piper-voices"
    static let fileName = "voices.json"
    /// The voices that lists show first, with their descriptions.
    static let recommended = [
        "fr_FR-upmc-medium": (rank: 0, summary: "Français UPMC (femme) - Recommandé"),
        "fr_FR-siwis-medium": (rank: 1, summary: "Français Siwis (femme)"),
        "fr_FR-tom-medium": (rank: 2, summary: "Français Tom (homme)"),
        "en_US-joe-medium": (rank: 3, summary: "English Joe (man) - Recommended"),
    ]
    /// As given on the voices' cards.
    private static let licences = [
        "fr_FR-upmc-medium": "CC-BY-SA-4.0", "fr_FR-siwis-medium": "CC-BY-4.0", "fr_FR-tom-medium": "AGPL-3.0",
        "en_US-joe-medium": "CC0-1.0",
    ]

    private struct Voice: Decodable {
        struct Language: Decodable {
            var family: String
            var name_native: String
            var country_english: String?
        }
        struct File: Decodable {
            var size_bytes: Int64?
            var md5_digest: String?
        }

        var name: String
        var language: Language
        var quality: String
        var num_speakers: Int?
        var files: [String: File]
    }

    let models: [ModelDescription]

    /// - Throws: `ServiceError` if this is not such a list. Single voices with unusable names or files are left out: a
    ///   list from outside must not make paths outside the models' directory.
    init(json: Data) throws {
        let voices: [String: Voice]
        do {
            voices = try JSONNode(parsing: [UInt8](json)).decode([String: Voice].self)
        } catch {
            throw ServiceError(
                .upstreamError, "The list of Piper voices is not in the form that voices.json has; the old list stays.",
                cause: error)
        }
        models = Self.inListOrder(voices.compactMap(Self.model))
    }

    /// Recommended voices first, then French, English and the others by id.
    static func inListOrder(_ models: [ModelDescription]) -> [ModelDescription] {
        func rank(_ model: ModelDescription) -> (Int, Int, String) {
            let language = ["fr", "en"].firstIndex(of: model.languages.first ?? "") ?? 2
            return (recommended[model.id]?.rank ?? recommended.count, language, model.id)
        }
        return models.sorted { rank($0) < rank($1) }
    }

    private static func model(id: String, voice: Voice) -> ModelDescription? {
        let needed = voice.files.filter { $0.key.hasSuffix(".onnx") || $0.key.hasSuffix(".onnx.json") }
        let files = needed.sorted { $0.key < $1.key }.map { path, file in
            ModelDescription.RemoteFile(
                path: path, destination: path.split(separator: "/").last.map(String.init) ?? path,
                sizeBytes: file.size_bytes, md5: file.md5_digest?.lowercased())
        }
        guard SafeName.isModelID(id), files.map(\.destination) == ["\(id).onnx", "\(id).onnx.json"],
            files.allSatisfy({ SafeName.isRelativePath($0.path) && ($0.sizeBytes ?? 0) >= 0 })
        else { return nil }
        return ModelDescription(
            id: id, service: .tts, summary: recommended[id]?.summary ?? summary(of: voice),
            languages: [voice.language.family], sizeBytes: size(of: files), licence: licences[id],
            sources: [.hub(repository: repository, revision: "main", files: files)])
    }

    private static func size(of files: [ModelDescription.RemoteFile]) -> Int64? {
        FileTools.sum(files.compactMap(\.sizeBytes)).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func summary(of voice: Voice) -> String {
        let country = voice.language.country_english.map { " (\($0))" } ?? ""
        let speakers = (voice.num_speakers ?? 1) > 1 ? ", \(voice.num_speakers ?? 1) speakers" : ""
        return "\(voice.language.name_native) \(voice.name)\(country), \(voice.quality)\(speakers)"
    }
}
