import ArgumentParser
import BridgeRuntime
import BridgeSupport
import Foundation

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the effective configuration and where each value comes from; secrets are masked.",
        discussion: """
            EXAMPLES
              \(CommandName.current) config
              \(Keys.port.setting.environmentName)=9000 \(CommandName.current) config --changed
              \(CommandName.current) config --markdown > docs/configuration.md
            """)

    @Flag(help: "Only what differs from the defaults.")
    var changed = false
    @Flag(help: "Print the reference table of all keys as Markdown.")
    var markdown = false
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var common: CommonOptions

    struct Row: Encodable {
        var key: String
        var value: String
        var source: String
    }

    func validate() throws {
        if markdown, changed || json {
            throw ValidationError(
                "--markdown prints the reference of all keys, and goes with neither --changed nor --json.")
        }
    }

    func run() async throws {
        if markdown {
            try Terminal.output(BridgeConfiguration.markdownReference())
            return
        }
        let configuration = try common.bridgeConfiguration()
        try common.checkModels(configuration)
        let rows = configuration.effectiveValues()
            .filter { !changed || $0.source != "default" }
            .map { Row(key: $0.key, value: $0.value, source: $0.source) }
        if json {
            try Terminal.outputJSON(rows)
        } else {
            try Terminal.output(
                Terminal.table([["KEY", "VALUE", "FROM"]] + rows.map { [$0.key, $0.value, $0.source] }))
        }
    }
}
