import ArgumentParser
import BridgeSupport

/// The command line: each subcommand is a file of this target, and none needs a running server.
@main
struct JarvisBridgesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jarvis-bridges",
        abstract: "Local AI services for a home assistant: language model, speech-to-text, text-to-speech, embeddings.",
        version: BridgeVersion.current
    )
}
