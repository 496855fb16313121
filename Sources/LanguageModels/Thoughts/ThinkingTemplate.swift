extension OllamaDescription {
    /// The end of the template decides: an opening tag without a closing one is part of the prompt, with certainty if that
    /// does not depend on the request. Without a tag, nothing has opened a thought, so that a thinking model writes the
    /// opening tag itself; without a template, nothing is known.
    var beginning: ThoughtSplitter.Beginning {
        // Models with a parser of their own, or with channels, have their thoughts separated by Ollama.
        if parser != nil || template.contains("<|channel|>") { return .answer }
        let bytes = Array(template.utf8)
        let openings = ThoughtTags.openings
        for position in bytes.indices.reversed() {
            if openings.match(in: bytes, at: position) != nil {
                let before = String(decoding: bytes[..<position], as: UTF8.self)
                return Self.dependsOnThinking(behind: before) ? .thoughtPerhaps : .thought
            }
            if ThoughtTags.closings.match(in: bytes, at: position) != nil { return .answer }
        }
        return template.isEmpty && thinks == true ? .thoughtPerhaps : .answer
    }

    /// Whether the template text after this part is in the prompt only if thinking was requested, or only if it was not.
    private static func dependsOnThinking(behind part: String) -> Bool {
        var blocks: [Bool] = []
        for piece in part.split(separator: "{{", omittingEmptySubsequences: false).dropFirst() {
            let action = piece.prefix { $0 != "}" }.drop { $0 == "-" || $0.isWhitespace }
            let words = action.split { !($0.isLetter || $0 == "." || $0 == "$") }
            let asks = words.contains { $0.hasSuffix(".Think") || $0.hasSuffix(".IsThinkSet") }
            switch words.first {
            case "if", "with", "range", "block", "define": blocks.append(asks)
            case "else": if asks, !blocks.isEmpty { blocks[blocks.count - 1] = true }
            case "end": _ = blocks.popLast()
            default: break
            }
        }
        return blocks.contains(true)
    }
}

extension GenerationRequest {
    /// How the answer begins: the model continues what the client began for it, in a thought or not.
    func beginning(_ known: ThoughtSplitter.Beginning) -> ThoughtSplitter.Beginning {
        known == .thought && isBegun ? .thoughtPerhaps : known
    }

    /// Whether the request does not keep the model from its tags; only then does the answer show how the model begins.
    var leavesTagsAlone: Bool { stop.isEmpty && format == nil && !isBegun }

    private var isBegun: Bool {
        guard case .chat(let messages) = input else { return false }
        return messages.last?.role == .assistant
    }
}
