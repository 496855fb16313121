extension String {
    /// The text without white space at both ends.
    var trimmed: String {
        let start = self.trimmingPrefix(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
