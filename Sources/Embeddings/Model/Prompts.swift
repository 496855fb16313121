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
    func write(to file: URL) throws {
        let old = (try? Data(contentsOf: file)).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        var settings = old as? [String: Any] ?? [:]
        settings["prompts"] = ["query": query, "passage": passage]
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try JSONSerialization.data(withJSONObject: settings, options: options).write(to: file, options: .atomic)
        } catch {
            throw conversionFailure(file.lastPathComponent, "it could not be written", cause: error)
        }
    }
}
