/// Results of matches that are not quantities.
enum Sports {
    /// "6-4 7-5", "6/4, 7/6 (7/4)": the sets of a match of tennis.
    static let sets = Rule(
        at: "01234567", of: 1...1, before: [.dash, .slash], after: [.none, .space, .colon, .otherMark]
    ) { context, index in
        let text = context.text
        guard context.isFrench || text.isDash(index + 1), let first = TennisSet(at: index, in: text),
            text.isBorder(index - 1) || text.isMark(index - 1, "(:"),
            !(text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: datePrepositions))
        else { return nil }
        var (last, count, isWon) = (first, 1, first.isWon)
        while count < 5, let next = last.next(in: text) {
            (last, count, isWon) = (next, count + 1, isWon || next.isWon)
        }
        // One set may be a range or a part; in a row of them that goes down somewhere, only slashes may still be something else.
        let isLonger =
            text.isSpace(last.end) && text.isDigits(last.end + 1)
            && text.mark(last.end + 2) == text.mark(index + 1)
        guard isWon, !isLonger,
            context.isNear(tennis, index, before: 24, behind: 24 + 4 * count)
                || count > 1
                    && (!text.isMark(index + 1, "/") || context.isNear(matches, index, before: 24, behind: 40))
        else { return nil }
        first.say(in: context)
        var set = first
        for _ in 1..<count {
            guard let next = set.next(in: text) else { break }
            context.say(", ")
            next.say(in: context)
            set = next
        }
        return Reading(end: last.end)
    }

    /// "90e+3", "90+4'": time that is added to a half of a match.
    static let addedTime = Rule(at: "491", of: 2...3, before: [.word, .otherMark], leadingTo: "e+", in: .french) {
        context, index in
        let text = context.text
        guard let minute = text.value(index), [45, 90, 105, 120].contains(minute), !text.isMark(index - 1, ".,") else {
            return nil
        }
        let plus = text.isWord(index + 1, "e") ? index + 2 : index + 1
        let prime = text.isMark(plus + 2, "'’′")
        guard text.isMark(plus, "+"), let added = text.small(plus + 1, in: 1...20), plus > index + 1 || prime else {
            return nil
        }
        let end = prime ? plus + 3 : plus + 2
        guard text.isBorder(end) || text.isMark(end, ".,;:!?)") && !text.isDigits(end + 1) else { return nil }
        context.say(ordinal: minute, .feminine)
        context.say((prime ? " minute " : " ") + context.words.plus + " ")
        context.say(added)
        return Reading(end: end)
    }

    private static let tennis: WordSet = ["tennis", "set", "sets", "wimbledon", "garros"]
    private static let matches: WordSet = [
        "bat", "battu", "battue", "bats", "gagne", "gagné", "impose", "imposé", "remporte", "remporté", "victoire",
        "vainqueur", "perd", "perdu", "défaite", "finale", "match",
    ]
    /// "du 6/4 au 7/5" is a time of the year.
    private static let datePrepositions: WordSet = ["le", "les", "du", "au", "des", "depuis", "avant", "de", "d"]
}

/// "6-4", and "7-6 (5)" with the points of its last game.
private struct TennisSet {
    /// Of both players.
    let games: (UInt64, UInt64)
    /// Of the one who has lost, or of both.
    private var points: (UInt64, UInt64?)?
    let mark: Unicode.Scalar?
    private(set) var end: Int

    var isWon: Bool { games.0 > games.1 }

    init?(at index: Int, in text: borrowing TokenizedText) {
        guard let one = text.small(index, in: 0...7, digits: 1...1),
            let other = text.small(index + 2, in: 0...7, digits: 1...1)
        else { return nil }
        let (most, least) = (max(one, other), min(one, other))
        guard most == 6 && least <= 4 || most == 7 && (5...6).contains(least), text.isMark(index + 1, "/-–‑") else {
            return nil
        }
        (games, mark, end) = ((one, other), text.mark(index + 1), index + 3)
        let open = text.behindSpace(end)
        if least == 6, text.isMark(open, "("), let first = text.small(open + 1, in: 0...30) {
            if text.isMark(open + 2, ")") {
                (points, end) = ((first, nil), open + 3)
            } else if text.isMark(open + 2, "/-–‑"), let second = text.small(open + 3, in: 0...30),
                text.isMark(open + 4, ")")
            {
                (points, end) = ((first, second), open + 5)
            }
        }
        guard text.isBorder(end) || text.isMark(end, ".,;:!?)»") && !text.isDigits(end + 1) else { return nil }
    }

    /// The one behind it, with the same mark.
    func next(in text: TokenizedText) -> TennisSet? {
        let space = text.isMark(end, ",") ? end + 1 : end
        guard text.isSpace(space), text.mark(space + 2) == mark else { return nil }
        return TennisSet(at: space + 1, in: text)
    }

    func say(in context: RuleContext) {
        context.say(games.0)
        context.say(" ")
        context.say(games.1)
        guard let points else { return }
        context.say(" (")
        context.say(points.0)
        if let other = points.1 {
            context.say(" ")
            context.say(other)
        }
        context.say(")")
    }
}
