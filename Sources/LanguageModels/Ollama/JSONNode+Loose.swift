import BridgeSupport

/// Values as servers that speak like Ollama write them: numbers in quotes, counts with a point, texts in parts.
extension JSONNode {
    /// A finite number, also in quotes.
    var looseNumber: Double? {
        let number = double ?? string.flatMap(Double.init)
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// A count: whole, at least 0, and no more than can be.
    var looseCount: Int? { looseNumber.map { Int(min(max(0, $0.rounded()), Double(Int32.max))) } }

    /// A text, or the texts of its parts.
    var looseText: String? { string ?? array?.compactMap { $0.string ?? $0["text"]?.string }.joined() }

    var looseFlag: Bool {
        bool ?? double.map { $0 != 0 } ?? string.map { $0.lowercased() == "true" || $0 == "1" } ?? false
    }

    /// Whether it says nothing: null, false, 0, or empty.
    var isNothing: Bool {
        isNull || bool == false || double == 0 || string?.isEmpty == true || array?.isEmpty == true
            || object?.isEmpty == true
    }
}
