import BridgeSupport
import WorkScheduling

extension GenerationRequest {
    /// The same request with its texts in Unicode's composed form, from which models learned. A schema stays as it is, since its names
    /// come back in the answer.
    func composed() async -> GenerationRequest {
        if texts.allSatisfy(\.isSurelyComposed) { return self }
        return await aside { self.composing() }
    }

    /// Whether composing its texts takes more than a moment.
    var takesTimeToCompose: Bool { texts.reduce(0) { $0 + $1.utf8.count } > 1 << 16 }

    private var texts: [String] {
        switch input {
        case .prompt(let text, let system): [text, system ?? ""] + stop
        case .chat(let messages): messages.map(\.content) + stop
        }
    }

    private func composing() -> GenerationRequest {
        var request = self
        switch input {
        case .prompt(let text, let system): request.input = .prompt(text.composed(), system: system?.composed())
        case .chat(let messages):
            request.input = .chat(messages.map { ChatMessage(role: $0.role, content: $0.content.composed()) })
        }
        request.stop = stop.map { $0.composed() }
        return request
    }
}
