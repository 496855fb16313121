/// How much of what was said was heard otherwise.
public enum WordErrors {
    /// Words to put in, to leave out or to replace, the fewest that turn one text into the other (Levenshtein 1966).
    public static func count(_ heard: [String], _ said: [String]) -> Int {
        var row = Array(0...heard.count)
        for (index, word) in said.enumerated() {
            var next = [index + 1]
            for (place, other) in heard.enumerated() {
                next.append(min(next[place] + 1, row[place + 1] + 1, row[place] + (word == other ? 0 : 1)))
            }
            row = next
        }
        return row[heard.count]
    }

    /// Words without case and marks.
    public static func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    }
}
