import BridgeSupport
import Foundation
import OnnxGraph

/// What a model was trained to find in front of each text, by what the text is for.
struct Prompts: Sendable, Hashable {
    var query = ""
    var passage = ""

    /// All models of the e5 family want these, as their model cards say.
    static let e5 = Prompts(query: "query: ", passage: "passage: ")

    /// - Parameters:
    ///   - published: the `prompts` of sentence-transformers, by their names. Files often leave them empty, also those of models that
    ///     want them, so that the name decides there.
    ///   - modelID: the model's name.
    init(_ published: [String: String], modelID: String) {
        query = published["query"] ?? ""
        passage = published["passage"] ?? published["document"] ?? ""
        if isEmpty, Self.isE5(modelID) { self = .e5 }
    }

    private init(query: String, passage: String) { (self.query, self.passage) = (query, passage) }

    var isEmpty: Bool { query.isEmpty && passage.isEmpty }

    /// Whether a model of this name belongs to the e5 family, without those that take instructions: their prompts depend on the task.
    static func isE5(_ name: String) -> Bool {
        let name = name.lowercased()
        return "-\(name)-".contains("-e5-") && !name.hasSuffix("-instruct")
    }

    subscript(type: InputType) -> String {
        switch type {
        case .query: query
        case .passage: passage
        }
    }
}

extension Prompts {
    /// The file in which sentence-transformers keeps them, beside other settings.
    static let fileName = "config_sentence_transformers.json"

    /// Puts them into the file, whose other settings stay.
    ///
    /// - Throws: `model_not_installed` when the file is not a JSON object, or cannot be written.
    func write(to file: URL) throws(ServiceError) {
        let name = file.lastPathComponent
        var settings: [String: JSONValue] = [:]
        if let old = try? Data(contentsOf: file) {
            guard case .object(let members)? = try? JSONValue(parsing: Array(old)) else {
                throw conversionFailure(name, "it is not a JSON object")
            }
            settings = members
        }
        settings["prompts"] = .object(["query": .string(query), "passage": .string(passage)])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(settings).write(to: file, options: .atomic)
        } catch {
            throw conversionFailure(name, "it could not be written", cause: error)
        }
    }
}
