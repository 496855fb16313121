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
        byID = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        self.models = models.filter { seen.insert($0.id).inserted }
    }

    /// The model with this id, or nil if there is none.
    public subscript(id: String) -> ModelDescription? { byID[id] }

    /// The catalogue that comes with the program.
    ///
    /// - Throws: `ServiceError` when the program's own resources are missing or damaged.
    public static func bundled() throws -> Catalogue {
        let voices = try PiperVoiceList(json: resource("piper-voices.json"))
        return Catalogue(models: try bundledModels(), voices: voices.models)
    }

    /// This catalogue with the voices of a newer list; voices that are missing in the newer one stay.
    func replacingVoices(with list: PiperVoiceList) -> Catalogue {
        let newer = list.models
        let newerIDs = Set(newer.map(\.id))
        let isVoice: (ModelDescription) -> Bool = { $0.service == .tts && $0.source != .builtIn }
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
    struct Wheel: Decodable {
        var url: String
        var sha256: String
        var size: Int64
    }

    var id: String
    var service: ModelService
    var summary: String
    var languages: [String]
    var licence: String?
    var limits: String?
    var hub: String?
    var wheel: Wheel?
    var files: [String]?

    var model: ModelDescription {
        let files = (files ?? []).map(Self.remoteFile)
        let source: ModelDescription.Source =
            if let hub {
                .hub(repository: hub, revision: "main", files: files)
            } else if let wheel {
                .wheel(url: wheel.url, sha256: wheel.sha256, sizeBytes: wheel.size, files: files)
            } else {
                .builtIn
            }
        return ModelDescription(
            id: id, service: service, summary: summary, languages: languages, sizeBytes: wheel?.size, licence: licence,
            limits: limits, source: source)
    }

    private static func remoteFile(_ text: String) -> ModelDescription.RemoteFile {
        let isOptional = text.hasSuffix("?")
        let parts = (isOptional ? text.dropLast() : text[...]).components(separatedBy: " -> ")
        return .init(path: parts[0], destination: parts[parts.count - 1], optional: isOptional)
    }
}
