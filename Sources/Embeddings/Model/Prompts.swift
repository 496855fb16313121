/// What a model was trained to find in front of each text, by what the text is for.
struct Prompts: Sendable, Hashable {
    var query = ""
    var passage = ""

    /// - Parameters:
    ///   - published: the `prompts` of sentence-transformers, by their names. Files often leave them empty, also those of models that
    ///     want them; all models of the e5 family do, as their model cards say, so that there the name decides.
    ///   - modelID: the model's name.
    init(_ published: [String: String], modelID: String) {
        query = published["query"] ?? ""
        passage = published["passage"] ?? published["document"] ?? ""
        // Those that take instructions have prompts that depend on the task.
        let isE5 = "-\(modelID)".contains("-e5-") && !modelID.hasSuffix("-instruct")
        if query.isEmpty, passage.isEmpty, isE5 { (query, passage) = ("query: ", "passage: ") }
    }

    subscript(type: InputType) -> String {
        switch type {
        case .query: query
        case .passage: passage
        }
    }
}
