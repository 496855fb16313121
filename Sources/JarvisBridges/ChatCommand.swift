import ArgumentParser
import BridgeRuntime
import BridgeSupport
import Foundation
import LanguageModels

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk with the language model, once or in turns.",
        discussion: """
            With a text, prints the answer and ends; - reads the text from standard input. Without one, reads your turns \
            line by line until an empty line or the end of input, and keeps the conversation.

            EXAMPLES
              \(CommandName.current) chat "Capitale de l'Islande ?"
              \(CommandName.current) chat --system "Réponds en une phrase."
              \(CommandName.current) chat "Une ville au hasard" --json
              \(CommandName.current) chat - < question.txt
            """)

    @Argument(help: "What to say, or - to read it from standard input; leave out for a conversation.")
    var text: String?
    @Option(help: "How the model is to behave.")
    var system: String?
    @Option(help: "The model; 'ollama list' shows which there are.")
    var model: String?
    @Option(help: "0 to 2.")
    var temperature = 0.7
    @Option(name: .customLong("max-tokens"), help: "1 to 32768.")
    var maxTokens = 512
    @Flag(help: "Print the whole answer as JSON; in a conversation, one line for each.")
    var json = false
    @OptionGroup var common: CommonOptions

    struct Report: Encodable {
        var text: String
        var model: String
        var tokens_generated: Int
        var tokens_prompt: Int
        var duration_ms: Int
    }

    func validate() throws {
        try CommandInput.check(temperature, in: 0...2, "--temperature")
        try CommandInput.check(maxTokens, in: 1...32768, "--max-tokens")
        if model == "" { throw ValidationError(CommandInput.noModel) }
        if let text, !CommandInput.hasText(text) {
            throw ValidationError("The message is empty: write what to say, or leave it out for a conversation.")
        }
    }

    func run() async throws {
        let services = try common.services()
        var messages = system.map { [ChatMessage(role: .system, content: $0)] } ?? []
        if let text = try text.map({ CommandInput.isStandardInput($0) ? try CommandInput.text() : $0 }) {
            messages.append(ChatMessage(role: .user, content: text))
            _ = try await answer(messages, services, isTurn: false)
            return
        }
        if Terminal.standardErrorIsTerminal { Terminal.note("An empty line or Ctrl-D ends the conversation.") }
        while let line = nextTurn() {
            messages.append(ChatMessage(role: .user, content: line))
            do {
                messages.append(
                    ChatMessage(role: .assistant, content: try await answer(messages, services, isTurn: true)))
            } catch let error as ServiceError where Terminal.standardErrorIsTerminal {
                // The conversation so far is worth another try.
                messages.removeLast()
                Terminal.error(error.message)
            }
        }
    }

    private func nextTurn() -> String? {
        if Terminal.standardErrorIsTerminal {
            Terminal.ask(Terminal.styled("> ", .bold, onTerminal: true))
        }
        guard let line = readLine(), CommandInput.hasText(line) else { return nil }
        return line
    }

    private func answer(
        _ messages: [ChatMessage], _ services: BridgeServices, isTurn: Bool
    ) async throws -> String {
        let request = GenerationRequest(
            input: .chat(messages), model: model, temperature: temperature, maxTokens: maxTokens)
        if json {
            let answer = try await services.languageModel.generate(request)
            let summary = answer.summary
            try Terminal.outputJSON(
                Report(
                    text: answer.text, model: summary.model, tokens_generated: summary.tokensGenerated,
                    tokens_prompt: summary.tokensPrompt, duration_ms: Int(summary.total.milliseconds)),
                onOneLine: isTurn)
            return answer.text
        }
        // Shown piece by piece, and kept for the next turn.
        let text = try await services.languageModel.withAnswer(to: request) { answer in
            var text = ""
            for try await case .delta(let piece) in answer {
                text += piece
                try Terminal.write(Data(Terminal.harmless(piece).utf8))
            }
            return text
        }
        try Terminal.output("")
        return text
    }
}
