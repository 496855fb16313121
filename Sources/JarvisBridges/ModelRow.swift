import Foundation
import ModelStore

/// What the commands about models print as JSON of one of them, installed or not.
struct ModelRow: Encodable {
    var id: String
    var service: String
    var installed: Bool
    /// On the disk; of a model that is not installed what is to be fetched, if that is known.
    var size_bytes: Int64?
    var licence: String?
    var summary: String
    /// nil for what has no files: a voice that is part of the program, or a model that is not installed.
    var directory: String?
    /// Where an installed model came from, as its manifest says.
    var source: String?

    /// A model of the catalogue.
    init(_ model: ModelDescription, installed: InstalledModel?) {
        id = model.id
        service = model.service.rawValue
        // The espeak-ng voices have no files.
        self.installed = installed != nil || model.isBuiltIn && model.service == .tts
        size_bytes = installed?.sizeBytes ?? model.sizeBytes
        (licence, summary) = (model.licence, model.summary)
        (directory, source) = (installed?.directory.path, installed?.source)
    }

    /// A model that no catalogue lists.
    init(unlisted model: InstalledModel) {
        id = model.id
        service = model.service.rawValue
        installed = true
        size_bytes = model.sizeBytes
        summary = model.source == nil ? "installed by hand" : "imported"
        (directory, source) = (model.directory.path, model.source)
    }

    /// The model that a name or an alias means; nil if nothing is called that.
    init?(_ id: String, in store: ModelStore) throws {
        if let model = store.catalogue[id] {
            self.init(model, installed: try store.installedModel(model.id))
        } else if let model = try store.installedModel(id) {
            self.init(unlisted: model)
        } else {
            return nil
        }
    }
}
