import BridgeSupport

extension GenerationRequest {
    /// Ranges of the HTTP contract.
    enum Limits {
        static let temperature = 0.0...2.0
        static let maxTokens = 1...32768
        static let topP = 0.0...1.0
        /// Ollama's own type is a 32-bit integer; 0 switches the limit off.
        static let topK = 0...Int(Int32.max)
        static let stopCount = 64
        static let modelNameLength = 256
        /// Seconds; a negative number means for ever.
        static let keepAlive = Double(Int32.min)...Double(Int32.max)
    }

    /// Checks every field against the contract.
    ///
    /// - Throws: `invalid_request` naming the field as the contract spells it.
    public func validate() throws {
        try validateInput()
        try Self.check(temperature, in: Limits.temperature, "temperature")
        try Self.check(maxTokens, in: Limits.maxTokens, "max_tokens")
        if let topP { try Self.check(topP, in: Limits.topP, "top_p") }
        if let topK { try Self.check(topK, in: Limits.topK, "top_k") }
        try validateStop()
        if let model { try Self.checkModelName(model) }
        try validateFormat()
        if let keepAlive, !Self.isDuration(keepAlive) || !(Double(keepAlive).map(Limits.keepAlive.contains) ?? true) {
            throw ServiceError.invalid(
                "keep_alive",
                "The field 'keep_alive' must be a number of seconds from \(Int32.min) to \(Int32.max), or a duration such as \"5m\", \"1h30m\" or \"-1s\"."
            )
        }
    }

    private func validateInput() throws {
        switch input {
        case .prompt(let text, _):
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw ServiceError.invalid("prompt", "The field 'prompt' is empty. Write what the model is to answer.")
            }
        case .chat(let messages):
            guard messages.contains(where: { $0.content.contains { !$0.isWhitespace } }) else {
                throw ServiceError.invalid(
                    "messages", "The field 'messages' holds no text. Give at least one message with content.")
            }
        }
    }

    private func validateStop() throws {
        guard stop.count <= Limits.stopCount, !stop.contains(where: \.isEmpty) else {
            throw ServiceError.invalid(
                "stop", "The field 'stop' must be a list of at most \(Limits.stopCount) texts, none of them empty.")
        }
    }

    private func validateFormat() throws {
        guard case .schema(let schema) = format else { return }
        guard case .object = schema else {
            throw ServiceError.invalid("format", "The field 'format' must be \"json\" or a JSON schema object.")
        }
    }

    private static func check<N: Comparable>(_ value: N, in range: ClosedRange<N>, _ field: String) throws {
        // NaN fails every comparison, so it is refused too.
        guard range.contains(value) else {
            throw ServiceError.invalid(
                field, "The field '\(field)' must be from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    private static func checkModelName(_ name: String) throws {
        let isPlain = name.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }
        guard !name.isEmpty, name.count <= Limits.modelNameLength, isPlain else {
            throw ServiceError.invalid(
                "model",
                "The field 'model' is not a model name: at most \(Limits.modelNameLength) visible ASCII characters.")
        }
    }

    /// A decimal number, or a duration in Go's syntax: an optional sign, then numbers with units.
    private static func isDuration(_ text: String) -> Bool {
        let duration = /[-+]?([0-9]+(\.[0-9]*)?|([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+)/
        return text.wholeMatch(of: duration) != nil
    }
}
