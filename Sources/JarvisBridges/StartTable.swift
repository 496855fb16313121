import BridgeRuntime
import BridgeSupport

/// What a user reads when the server is up: each bridge, its model, its state, and a call to paste.
enum StartTable {
    static func text(services: BridgeServices, address: String) async -> String {
        let statuses = await services.statuses()
        let states = Terminal.table(
            [["BRIDGE", "MODEL", "STATE"]] + statuses.map { row($0.bridge.serviceName, $0.status) }, indent: "  ")
        let notes = statuses.compactMap { bridge, status in
            let name = bridge.serviceName
            return status.message.map { "  \(name): \(Terminal.wrapped($0, at: name.count + 4))\n" }
        }.joined()
        return """

            \(bold("Jarvis Bridges \(BridgeVersion.current)")) serves on \(bold(address))\(reach(services.configuration))

            \(states)

            \(notes.isEmpty ? "" : notes + "\n")Try it:
            \(examples(address, withKey: services.configuration.asksForKey))

            Ctrl-C stops it. Help: \(CommandName.current) doctor, README.md, \(address)/openapi.yaml
            """
    }

    /// Who else may call, if others than this machine may.
    private static func reach(_ configuration: BridgeConfiguration) -> String {
        let isOpen = configuration.isOpen
        if configuration.isWildcard {
            return isOpen
                ? " and for every network, without a key (\(Keys.openToAll.name))"
                : " and for every network, with a key"
        }
        return isOpen ? ", without a key (\(Keys.openToAll.name))" : ""
    }

    private static func row(_ name: String, _ status: ServiceStatus) -> [String] {
        let style: Terminal.Style =
            switch status.state {
            case .healthy: .green
            case .degraded: .yellow
            case .unavailable: .red
            case .disabled: .dim
            }
        let state = Terminal.styled(status.state.rawValue, style, onTerminal: Terminal.standardOutputIsTerminal)
        return [name, status.model ?? "–", state]
    }

    private static func examples(_ address: String, withKey: Bool) -> String {
        let json = "-H 'Content-Type: application/json'"
        // The key itself is left out: the table may end up in a log.
        let curl = withKey ? #"curl -s -H "Authorization: Bearer $JARVIS_KEY""# : "curl -s"
        return (withKey ? "  JARVIS_KEY=one-of-your-keys\n" : "") + """
              \(curl) \(address)/api/llm/generate \(json) -d '{"prompt":"Bonjour !"}'
              \(curl) \(address)/api/tts/synthesize \(json) -H 'Accept: audio/wav' -d '{"text":"Bonjour, comment allez-vous ?"}' -o bonjour.wav
              \(curl) \(address)/api/tts/synthesize \(json) -H 'Accept: audio/wav' -d '{"text":"Turn on the light in the living room.","language":"en"}' -o light.wav
              \(curl) \(address)/api/stt/transcribe -F file=@light.wav
              \(curl) \(address)/api/embeddings/embed \(json) -d '{"text":"Ceci est un texte à vectoriser"}'
            """
    }

    private static func bold(_ text: String) -> String {
        Terminal.styled(text, .bold, onTerminal: Terminal.standardOutputIsTerminal)
    }
}
