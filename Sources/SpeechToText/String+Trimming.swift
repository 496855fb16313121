extension StringProtocol {
    /// The text without white space at both ends as defined by Python's `strip`: the separators U+001C…U+001F count too, which
    /// openai-whisper therefore treats as silence.
    var trimmedWhitespace: String {
        guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension Character {
    fileprivate var isBlank: Bool { isWhitespace || ("\u{1C}"..."\u{1F}").contains(self) }
}
