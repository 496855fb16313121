public import ArgumentParser
import BridgeRuntime
import BridgeSupport
public import Embeddings
import Foundation
import ModelStore

struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Turn texts into vectors.",
        discussion: """
            Without --json, prints for each text the first values of its vector and, for two texts or more, how alike \
            they are (cosine).

            EXAMPLES
              \(CommandName.current) embed "allume la lumière" "éteins la lampe"
              \(CommandName.current) embed "allume la lumière" --json
              \(CommandName.current) embed - --json < textes.txt        # one text a line
              \(CommandName.current) embed - --input-type passage --json < notes.txt
            """)

    @Argument(help: "The texts, or - to read one a line from standard input; empty lines are left out.")
    var texts: [String]
    @Option(help: "The model; 'models list' shows which there are.", completion: Completions.installed(.embeddings))
    var model: String?
    @Option(
        help: "What the texts are for: query, to ask or to compare, or passage, to be found. e5 models tell them apart."
    )
    var inputType = InputType.query
    @Flag(help: "Print whole vectors as JSON.")
    var json = false
    @OptionGroup var common: CommonOptions

    struct Report: Encodable {
        struct Item: Encodable {
            var text: String
            var vector: [Float]
            var truncated: Bool
        }
        var model: String
        var dimension: Int
        var embeddings: [Item]
    }

    func validate() throws {
        if model == "" { throw ValidationError(CommandInput.noModel) }
        if texts.count > 1, texts.contains(where: CommandInput.isStandardInput) {
            throw ValidationError("- reads all texts from standard input, and stands alone.")
        }
    }

    func run() async throws {
        let texts =
            texts.allSatisfy(CommandInput.isStandardInput)
            ? try CommandInput.text().split(whereSeparator: \.isNewline).map(String.init) : texts
        let services = try common.services()
        let batch = try await services.embeddings.embed(texts, as: inputType, model: model)
        if model == nil { await services.warnOfStandIn(.embeddings) }
        if json {
            let items = zip(texts, batch.items).map {
                Report.Item(text: $0, vector: $1.embedded.vector, truncated: $1.embedded.truncated)
            }
            try Terminal.outputJSON(Report(model: batch.model, dimension: batch.dimension, embeddings: items))
            return
        }
        try Terminal.output(
            "\(batch.model), \(batch.dimension) dimensions, \(Int(batch.timings.total.milliseconds)) ms")
        for (text, item) in zip(texts, batch.items) {
            let head = item.embedded.vector.prefix(4).map { String(format: "% .4f", $0) }.joined(separator: " ")
            let cut = item.embedded.truncated ? "(cut to what the model reads) " : ""
            try Terminal.output("[\(head) …]  \(cut)\(Self.shortened(text))")
        }
        guard texts.count > 1 else { return }
        try Terminal.output("")
        for row in batch.items {
            let cosines = batch.items.map { String(format: "% .3f", Self.dot(row.embedded.vector, $0.embedded.vector)) }
            try Terminal.output(cosines.joined(separator: "  "))
        }
    }

    /// On a single line of at most 80 characters.
    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count <= 80 ? line : line.prefix(79) + "…"
    }

    private static func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

extension InputType: ExpressibleByArgument {}
