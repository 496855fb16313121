import BridgeSupport
import SpokenText
import Yams

/// The text of a lexicon's file: YAML, a list `entries` of which each has the fields of ``Lexicon/Entry``.
enum LexiconText {
    private static let fields = Lexicon.Entry.fields

    /// - Parameter path: what errors call the file.
    /// - Throws: `invalid_request` naming the file and the line that is wrong.
    static func lexicon(_ text: String, path: String) throws(ServiceError) -> Lexicon {
        let reader = Reader(path: path)
        let nodes = try reader.entries(text)
        var entries: [Lexicon.Entry] = []
        for node in nodes { entries.append(try reader.entry(node)) }
        do {
            return try Lexicon(entries.map(\.decomposed))
        } catch {
            let node = nodes[error.index]
            let line = error.field.flatMap { reader.value(of: $0, in: node) } ?? node
            let other = error.other.flatMap { nodes[$0].mark }.map { " the entry in line \($0.line)" } ?? ""
            throw reader.wrong(line, "\(error.field ?? "the entry") \(error.reason)\(other)")
        }
    }

    private struct Reader {
        let path: String

        func wrong(_ node: Node?, _ reason: String) -> ServiceError {
            let line = node?.mark.map { ", line \($0.line)" } ?? ""
            return .invalid(
                Keys.lexiconFile.name,
                "The lexicon \(path)\(line) is wrong: \(reason). Correct it there, or replace it.")
        }

        func entries(_ text: String) throws(ServiceError) -> [Node] {
            let root: Node?
            do { root = try Yams.compose(yaml: text) } catch {
                let reason = (error as? YamlError).map(YAMLSettings.reason) ?? "it cannot be read as such"
                throw wrong(nil, "it is not YAML: \(reason)")
            }
            guard let root, root.null == nil else { return [] }
            let strange = root.mapping?.first { $0.key.scalar?.string != "entries" }?.key
            guard let list = root.mapping?["entries"], strange == nil else {
                throw wrong(strange ?? root, "it must have \"entries:\", a list, and nothing else beside it")
            }
            if list.null != nil { return [] }
            guard let sequence = list.sequence else {
                throw wrong(list, "entries must be a list, each with a hyphen in front: - match: Yves")
            }
            return Array(sequence)
        }

        func entry(_ node: Node) throws(ServiceError) -> Lexicon.Entry {
            guard let mapping = node.mapping else {
                throw wrong(node, "an entry must have match, and say or phonemes: - {match: Yves, say: ive}")
            }
            for (name, value) in mapping {
                guard let name = name.scalar?.string, fields.contains(name) else {
                    throw wrong(
                        name, "there is a field of an unknown name; there are \(fields.joined(separator: ", "))")
                }
                guard value.scalar != nil, value.null == nil else { throw wrong(value, "\(name) must be a text") }
            }
            func text(_ field: String) -> String? { value(of: field, in: node)?.scalar?.string }
            guard let match = text("match") else { throw wrong(node, "the entry has no match") }
            let entry = Lexicon.Entry(
                match: match, say: text("say"), phonemes: text("phonemes"), language: text("language"))
            if let problem = entry.language.flatMap(LanguageCheck.problem) {
                throw wrong(value(of: "language", in: node), "language \(problem)")
            }
            return entry
        }

        func value(of field: String, in node: Node) -> Node? { node.mapping?[Node(field)] }
    }

    private static let heading = """
        # How the voices of this house say its own words; docs/lexicon.md says what may stand here.
        # The server reads it again when it changes. PUT and DELETE /api/tts/lexicon write it anew, without comments of others.

        """

    /// The text of a file with these entries.
    static func text(of entries: [Lexicon.Entry]) -> String {
        guard !entries.isEmpty else { return heading + "entries: []\n" }
        return heading + "entries:\n"
            + entries.map { entry in
                let values = zip(fields, [entry.match, entry.say, entry.phonemes, entry.language])
                let lines = values.compactMap { name, value in value.map { "\(name): \(quoted($0))" } }
                return "  - " + lines.joined(separator: "\n    ") + "\n"
            }.joined()
    }

    /// In quotes, in which every text means itself: without them "no" would be false and "12:30" a number.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

extension Lexicon.Entry {
    /// With accents apart from their letters in the phonemes, as voices know them.
    var decomposed: Lexicon.Entry {
        guard let phonemes else { return self }
        var entry = self
        let scalars = UnicodeForm(.canonicalDecomposition).normalize(Array(phonemes.unicodeScalars))
        entry.phonemes = String(String.UnicodeScalarView(scalars))
        return entry
    }

}
