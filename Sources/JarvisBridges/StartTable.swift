import BridgeServer
import BridgeSupport

/// What a person reads when the server is up: each bridge, its model, its state, and a call to paste.
enum StartTable {
    static func text(services: BridgeServices, address: String) async -> String {
        let rows = await services.statuses().map { name, status in row(name, status) }
        let states = Terminal.table(
            [["BRIDGE", "MODEL", "STATE", ""]] + rows, indent: "  ")
        return """

            \(bold("Jarvis Bridges \(BridgeVersion.current)")) serves on \(bold(address))

            \(states)

            Try it:
            \(examples(address))

            Ctrl-C stops it. Help: ./jarvis doctor, README.md, \(address)/openapi.yaml
            """
    }

    private static func row(_ name: String, _ status: ServiceStatus) -> [String] {
        let style: Terminal.Style =
            switch status.state {
            case .healthy: .green
            case .degraded: .yellow
            case .unavailable: .red
            case .disabled: .dim
            }
        // Padded before it is coloured: the codes have no width on the screen.
        let state = Terminal.styled(
            status.state.rawValue.padded(to: 11), style, onTerminal: Terminal.standardErrorIsTerminal)
        return [name, status.model ?? "–", state, status.message ?? ""]
    }

    private static func examples(_ address: String) -> String {
        let json = "-H 'Content-Type: application/json'"
        return """
              curl -s \(address)/api/llm/generate \(json) -d '{"prompt":"Bonjour !"}'
              curl -s \(address)/api/tts/synthesize \(json) -H 'Accept: audio/wav' -d '{"text":"Bonjour, comment allez-vous ?"}' -o bonjour.wav
              curl -s \(address)/api/stt/transcribe -F file=@bonjour.wav -F language=fr
              curl -s \(address)/api/embeddings/embed \(json) -d '{"text":"Ceci est un texte à vectoriser"}'
            """
    }

    private static func bold(_ text: String) -> String {
        Terminal.styled(text, .bold, onTerminal: Terminal.standardErrorIsTerminal)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
