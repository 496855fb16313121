import BridgeSupport

/// Values as servers that speak like Ollama write them: numbers in quotes, counts with a point, texts in parts.
extension JSONValue {
    /// A finite number, also in quotes.
    var looseNumber: Double? {
        let number: Double? =
            switch self {
            case .number(let value): value
            case .string(let text): Double(text)
            default: nil
            }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// A count: whole, at least 0, and no more than can be.
    var looseCount: Int? { looseNumber.map { Int(min(max(0, $0.rounded()), Double(Int32.max))) } }

    /// A text, or the texts of its parts.
    var looseText: String? {
        switch self {
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0.stringValue ?? $0["text"]?.stringValue }.joined()
        default: nil
        }
    }

    var looseFlag: Bool {
        switch self {
        case .bool(let flag): flag
        case .number(let number): number != 0
        case .string(let text): text.lowercased() == "true" || text == "1"
        default: false
        }
    }

    /// Whether it says nothing: null, false, 0, or empty.
    var isNothing: Bool {
        switch self {
        case .null: true
        case .bool(let flag): !flag
        case .number(let number): number == 0
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}
