/// Where files lie.
enum FilePaths {
    /// "C:\Users\Paul\notes.txt".
    static let windows = Rule(at: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", of: 1...1, before: .colon) { context, index in
        let text = context.text
        guard text.length(index) == 1, text.isMark(index + 1, ":"), text.isMark(index + 2, "\\"), isFree(text, index)
        else { return nil }
        var end = index + 3
        while end < index + longest, let name = Addresses.endOfName(text, from: end) {
            end = name
            // "C:\Program Files\Jeux".
            if text.isSingleSpace(end), text.isCapitalised(end + 1), text.isMark(end + 2, "\\") { end += 2 }
            guard text.isMark(end, "\\"), text.isWord(end + 1) || text.isDigits(end + 1) else { break }
            end += 1
        }
        Addresses.say(index..<end, in: context)
        return Reading(end: end)
    }

    /// "/etc/hosts", "~/Documents/liste.md".
    static let unix = Rule(at: "/~", before: [.word, .slash]) { context, index in
        let text = context.text
        let isHome = text.isMark(index, "~")
        guard isFree(text, index), isHome ? text.isMark(index + 1, "/") : text.isWord(index + 1, in: roots)
        else { return nil }
        var end = isHome ? index + 1 : index
        while text.isMark(end, "/"), end < index + longest {
            let isHidden = text.isMark(end + 1, ".")
            guard let name = Addresses.endOfName(text, from: isHidden ? end + 2 : end + 1) else { break }
            end = name
        }
        if text.isMark(end, "/") { end += 1 }
        guard end > index + 1, text.isBorder(end) || text.mark(end) != nil else { return nil }
        Addresses.say(index..<end, in: context)
        return Reading(end: end)
    }

    private static let longest = 128

    private static func isFree(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isBorder(index - 1) || text.isMark(index - 1, "(«\"'’:")
    }

    /// Folders in which all others lie; "/j" and "/mois" are rates.
    private static let roots: WordSet = [
        "etc", "home", "usr", "var", "tmp", "opt", "dev", "proc", "mnt", "media", "root", "bin", "sbin", "lib", "srv",
        "boot", "sys", "Users", "Applications", "Library", "Volumes",
    ]
}
