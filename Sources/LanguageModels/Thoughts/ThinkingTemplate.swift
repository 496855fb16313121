extension OllamaDescription {
    /// What the template ends with decides: an opening tag that no closing one follows stands in the prompt, for certain where that
    /// does not depend on what was asked for. Without a tag, nothing has opened a thought, so that a model that thinks writes the
    /// opening tag itself; without a template, nothing is known.
    var beginning: ThoughtSplitter.Beginning {
        // With a parser of the model's own, Ollama tells thoughts apart itself; it does so with channels, too.
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

    /// Whether what stands behind this part of a template is in the prompt only where thinking was asked for, or was not.
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
    /// How its answer begins: the model goes on with what the client began for it, in a thought or not.
    func beginning(_ known: ThoughtSplitter.Beginning) -> ThoughtSplitter.Beginning {
        known == .thought && isBegun ? .thoughtPerhaps : known
    }

    /// Whether nothing in it keeps the model from its tags; only then does the answer tell how the model begins.
    var leavesTagsAlone: Bool { stop.isEmpty && format == nil && !isBegun }

    private var isBegun: Bool {
        guard case .chat(let messages) = input else { return false }
        return messages.last?.role == .assistant
    }
}
