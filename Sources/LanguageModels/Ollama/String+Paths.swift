extension String {
    /// The text without paths of files, which contain names of users and folders: each becomes `…`. Model names, addresses and
    /// paths of Ollama's API stay.
    var maskingPaths: String {
        let characters = Array(self)
        var (masked, place) = ("", 0)
        while place < characters.count {
            if characters.startsPath(at: place) {
                masked += "…"
                place = characters.endOfPath(at: place)
            } else {
                masked.append(characters[place])
                place += 1
            }
        }
        return masked
    }
}

extension [Character] {
    private static let quotes: Set<Character> = ["\"", "'", "`"]
    private static let boundaries = quotes.union(["(", "[", "{", "<", "=", ":", ",", ";", "|"])
    private static let ends = quotes.union([")", "]", "}", ">", ",", ";", "|"])

    /// `/a`, `~/a`, `~user/a`, `file:///a`, `C:\a`, `C:/a` or `\\server\a`, after a space or the like.
    fileprivate func startsPath(at place: Int) -> Bool {
        if place > 0, !self[place - 1].isWhitespace, !Self.boundaries.contains(self[place - 1]) { return false }
        let head = String(self[place..<Swift.min(place + 64, count)])
        if head.hasPrefix("/api/") || head.hasPrefix("/v1/") { return false }
        return head.prefixMatch(of: /\/[^\s\/]|~[^\s\/]*\/|file:\/\/|[A-Za-z]:[\\\/]|\\\\/) != nil
    }

    /// Within quotes, a path extends to the next quote. Otherwise its folders may have spaces in their names: it goes on while the next word
    /// has a separator, too.
    fileprivate func endOfPath(at start: Int) -> Int {
        if start > 0, Self.quotes.contains(self[start - 1]) {
            return self[start...].firstIndex(of: self[start - 1]) ?? count
        }
        var end = endOfWord(at: start)
        while end < count, self[end] == " ", end + 1 < count, !startsPath(at: end + 1) {
            let next = endOfWord(at: end + 1)
            let word = String(self[(end + 1)..<next])
            guard !Self.boundaries.contains(self[end + 1]), word.contains(where: { $0 == "/" || $0 == "\\" }),
                !word.contains("://")
            else { break }
            end = next
        }
        return end
    }

    /// A colon or a full stop at its end belongs to the sentence.
    private func endOfWord(at start: Int) -> Int {
        let end = self[start...].firstIndex { $0.isWhitespace || Self.ends.contains($0) } ?? count
        let marks = self[start..<end].reversed().prefix { $0 == ":" || $0 == "." }.count
        return Swift.max(end - marks, start + 1)
    }
}
