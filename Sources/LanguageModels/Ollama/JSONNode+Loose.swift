import BridgeSupport

/// Values as written by servers that imitate Ollama: numbers in quotes, counts with a point, texts in parts.
extension JSONNode {
    /// A finite number, possibly in quotes.
    var looseNumber: Double? {
        let number = double ?? string.flatMap(Double.init)
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// A count: whole, not negative, and not too large.
    var looseCount: Int? { looseNumber.map { Int(min(max(0, $0.rounded()), Double(Int32.max))) } }

    /// A text, or the texts of its parts.
    var looseText: String? { string ?? array?.compactMap { $0.string ?? $0["text"]?.string }.joined() }

    var looseFlag: Bool {
        bool ?? double.map { $0 != 0 } ?? string.map { $0.lowercased() == "true" || $0 == "1" } ?? false
    }

    /// Whether it is empty: null, false, 0, or an empty text or list.
    var isNothing: Bool {
        isNull || bool == false || double == 0 || string?.isEmpty == true || array?.isEmpty == true
            || object?.isEmpty == true
    }
}
