import ArgumentParser
import BridgeRuntime
import BridgeServer
import BridgeSupport
import Foundation
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the bridges over HTTP.",
        discussion: """
            Stops on Ctrl-C or SIGTERM: what runs is finished first. SIGHUP has it read its keys and its lexicon again. Where other machines \
            reach it, it asks for keys, or \(Keys.openToAll.name) says that it need not.

            EXAMPLES
              \(CommandName.current) serve
              \(CommandName.current) serve --pull
              \(CommandName.current) keys add kitchen && \(CommandName.current) serve --host 0.0.0.0 --port 9000
              \(CommandName.current) serve --config maison.yaml --log-level debug
              \(CommandName.current) serve --set models.tts=espeak-fr --set log.level=warning
            """)

    @Option(help: "The address to listen on; 127.0.0.1 unless configured.")
    var host: String?
    @Option(help: "The port; 8005 unless configured.")
    var port: String?
    @Option(
        name: .customLong("log-level"), help: "\(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(Logger.Level.allCases.map(\.rawValue)))
    var logLevel: String?
    @Flag(help: "Fetch the default models first, where they are not installed.")
    var pull = false
    @Flag(help: "Leave out the table and the examples at the start.")
    var quiet = false
    @OptionGroup var common: CommonOptions

    func run() async throws {
        var flags: [String: String] = [:]
        flags[Keys.host.name] = host
        flags[Keys.port.name] = port
        flags[Keys.logLevel.name] = logLevel
        let configuration = try common.bridgeConfiguration(flags: flags)
        try common.checkAccess(configuration)
        let chosen = try CommonOptions.endingInUsage { try ChosenModels(of: configuration) }
        if pull {
            // Nobody should wait for a download only to be told this.
            try PortProbe.check(host: configuration.host, port: configuration.port)
            let store = try common.modelStore(configuration)
            try await DefaultModels(configuration: configuration, store: store, chosen: chosen).install()
        }
        try common.checkModels(configuration, chosen: chosen)
        let quiet = quiet
        try await Runtime.serve(configuration, doors: [{ try HTTPDoor($0, onListening: $1) }]) { services, addresses in
            guard !quiet, let address = addresses.first else { return }
            // On standard output, so that the log on standard error stays as it is for its collectors.
            try? Terminal.output(await StartTable.text(services: services, address: address))
        }
    }
}
