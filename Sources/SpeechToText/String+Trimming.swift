extension StringProtocol {
    /// Without white space at both ends, as Python's `strip` sees it: the separators U+001C…U+001F count too, which
    /// openai-whisper thereby takes for silence.
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
