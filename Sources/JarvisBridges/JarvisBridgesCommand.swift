import ArgumentParser
import BridgeSupport
import Foundation
import OnnxRuntime

/// The command line: each subcommand is a file of this target, and only `serve` opens a port.
@main
struct JarvisBridgesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: CommandName.program,
        abstract: "Local AI services for a home assistant: language model, speech-to-text, text-to-speech, embeddings.",
        discussion: """
            EXAMPLES
              \(CommandName.current) serve
              \(CommandName.current) say "Bonjour, comment allez-vous ?"
              \(CommandName.current) say "Turn on the light in the living room." --language en -o light.wav
              \(CommandName.current) transcribe light.wav
              \(CommandName.current) embed "allume la lumière" --json
              \(CommandName.current) models list
              \(CommandName.current) top
              \(CommandName.current) doctor
            """,
        version: BridgeVersion.current,
        subcommands: [
            ServeCommand.self, SayCommand.self, TranscribeCommand.self, EmbedCommand.self, ChatCommand.self,
            ModelsCommand.self, KeysCommand.self, TopCommand.self, DoctorCommand.self, ConfigCommand.self,
        ]
    )

    /// Exit codes: 0 done, 64 the command line or the configuration is wrong, 1 anything else.
    static func main() async {
        // Done before anything else runs, as changing the environment is not thread-safe.
        OnnxRuntime.disableTelemetry()
        OnnxRuntime.giveLargeBlocksBack()
        do {
            let words = CommandInput.textLast(Array(CommandLine.arguments.dropFirst()))
            try checkCommand(words)
            var command = try parseAsRoot(words)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ServiceError {
            Terminal.error(error.message)
            if let cause = error.cause as? OnnxRuntimeError { Terminal.note("reason: \(cause)") }
            exit(withError: ExitCode.failure)
        } catch let code as ExitCode {
            exit(withError: code)
        } catch is CancellationError {
            exit(withError: ExitCode(130))
        } catch  where exitCode(for: error) == .success {
            // Help, the version, a completion script, or an answer to a shell that completes.
            exit(withError: show(Completions.forPaths(fullMessage(for: error))))
        } catch {
            refuse(error)
        }
    }

    /// Ends the program with the parser's message about the command line. If a text is missing, it may have been taken for an
    /// option, which the parser mentions only if there is another text.
    private static func refuse(_ error: any Error) -> Never {
        let words = CommandInput.textLast(Array(CommandLine.arguments.dropFirst()))
        var message = fullMessage(for: error)
        if message.hasPrefix("Error: Missing expected argument") {
            do { _ = try parseAsRoot(words + ["a"]) } catch {
                let other = fullMessage(for: error)
                if other.hasPrefix("Error: Unknown option") { message = other }
            }
        }
        guard message.hasPrefix("Error: Unknown option") else { exit(withError: error) }
        if let command = words.first, ["say", "embed", "chat"].contains(command) {
            let hint = "A text that begins with a dash goes behind --: \(CommandName.current) \(command) -- \"-a\"."
            message.replace("\n", with: ". \(hint)\n", maxReplacements: 1)
        }
        Terminal.note(message)
        exit(withError: ExitCode(64))
    }

    /// Ends the program if the word in a command's place is not a command, which the parser would only call unexpected.
    private static func checkCommand(_ words: [String]) throws {
        var command: any ParsableCommand.Type = Self.self
        var path: [String] = []
        // The word after "help" is a command too.
        for word in words.first == "help" && words.count > 1 ? words.dropFirst() : words[...] {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" || !path.isEmpty else { return }
            guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
                let names = commands.compactMap { $0.configuration.commandName }.joined(separator: ", ")
                let help = ([CommandName.current] + path + ["--help"]).joined(separator: " ")
                Terminal.error(
                    "There is no command '\((path + [word]).joined(separator: " "))'. There are \(names); '\(help)' shows what they do."
                )
                throw ExitCode(64)
            }
            command = next
            path.append(word)
        }
    }

    /// Writes to standard output; returns the error to end the program with, nil if all went well.
    private static func show(_ text: String) -> ExitCode? {
        do {
            try Terminal.output(text)
            return nil
        } catch let code as ExitCode {
            return code
        } catch {
            Terminal.error((error as? ServiceError)?.message ?? "\(error)")
            return .failure
        }
    }
}
