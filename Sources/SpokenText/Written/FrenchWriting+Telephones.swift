/// Telephone numbers, said in groups: "zéro six douze trente-quatre cinquante-six soixante-dix-huit".
extension FrenchWriting {
    func telephone(at index: Int) -> Writing? { shortNumber(at: index) ?? longNumber(at: index) }

    /// "appelle le trente-six trente-neuf", a number of four digits that companies have.
    private func shortNumber(at index: Int) -> Writing? {
        guard let first = transcript.numberWord(index)?.part, first == .ten(30) || first == .teen(10),
            transcript.keyBefore(index) == Self.the, transcript.text.isSpace(index - 3),
            transcript.isWord(index - 4, Self.calls)
        else { return nil }
        let starts = options(at: index, digits: 2).filter { start in
            (start.figures == "10" || start.figures.hasPrefix("3")) && transcript.text.isSpace(start.end)
        }
        let numbers = starts.flatMap { start in
            groups(behind: start.end, lengths: [2]).map { Group(figures: start.figures + $0.figures, end: $0.end) }
        }.filter { mayEnd(at: $0.end) && !isNumberBehind($0.end) }
        guard let number = numbers.first, numbers.count == 1 else { return nil }
        return Writing(end: number.end, words: number.figures)
    }

    private func longNumber(at index: Int) -> Writing? {
        guard transcript.numberWord(index)?.part == .digit(0), !isNumberBefore(index),
            let second = transcript.wordBehindSpace(index + 1), let word = transcript.numberWord(second),
            word.part != .digit(0)
        else { return nil }
        for pattern in Self.patterns {
            for start in options(at: second, digits: pattern.first - 1) {
                let ways = groups(behind: start.end, lengths: pattern.rest[...]).filter { !isNumberBehind($0.end) }
                // Which of two ways is meant is not known.
                guard let rest = ways.first, ways.count == 1 else { continue }
                let isOneGroup = start.figures == "4" && pattern.rest.count == 4 && isBelgian(index..<rest.end)
                let joint = isOneGroup ? "" : Self.space
                return Writing(end: rest.end, words: "0" + start.figures + joint + rest.figures)
            }
        }
        return nil
    }

    /// Belgium's mobile numbers have four figures in their first group: "04 75" is 0475. A speaker who says septante and is not Swiss is
    /// Belgian.
    private func isBelgian(_ range: Range<Int>) -> Bool {
        locale == .belgium || locale != .switzerland && range.contains { transcript.isWord($0, Self.belgianTens) }
    }

    /// "plus trente-trois six douze …".
    func international(at index: Int) -> Writing? {
        guard let place = transcript.wordBehindSpace(index + 1), let country = numerals.belowHundred(at: place),
            Self.countries.contains(country.value), !country.isOrdinal,
            nextGroup(behind: country.end).flatMap(transcript.numberWord)?.part != .digit(0)
        else { return nil }
        for pattern in Self.internationalPatterns {
            let ways = groups(behind: country.end, lengths: pattern[...]).filter { !isNumberBehind($0.end) }
            guard let rest = ways.first, ways.count == 1 else { continue }
            let isOneGroup = country.value == 32 && pattern.count == 5 && rest.figures.hasPrefix("4" + Self.space)
            let figures = isOneGroup ? "4" + String(rest.figures.dropFirst(2)) : rest.figures
            return Writing(end: rest.end, words: "+\(country.value)" + Self.space + figures)
        }
        return nil
    }

    /// Figures of one group, or of some with spaces between them.
    private struct Group {
        var figures: String
        var end: Int
    }

    /// Digits of the first group, and of the groups behind it.
    private static let patterns: [(first: Int, rest: [Int])] = [
        (2, [2, 2, 2, 2]), (3, [3, 2, 2]), (4, [2, 2, 2]), (2, [3, 2, 2]), (4, [3, 3]),
    ]
    private static let internationalPatterns = [[1, 2, 2, 2, 2], [3, 2, 2, 2], [2, 3, 2, 2], [1, 3, 2, 2]]

    private static let calls = WordKeySet(
        words: "appelle appelles appeler appelez appelons compose composes composer composez faites fais")
    private static let belgianTens = WordKeySet(words: "septante nonante")
    private static let countries: Set<UInt64> = [31, 32, 33, 34, 39, 41, 44, 49]

    /// All ways to go on with groups of as many digits as told. There are two at most for each group.
    private func groups(behind end: Int, lengths: ArraySlice<Int>) -> [Group] {
        var found: [Group] = []
        addGroups(behind: Group(figures: "", end: end), lengths: lengths, to: &found)
        return found
    }

    private func addGroups(behind first: Group, lengths: ArraySlice<Int>, to found: inout [Group]) {
        guard let length = lengths.first else { return found.append(first) }
        guard let place = nextGroup(behind: first.end) else { return }
        let start = first.figures.isEmpty ? "" : first.figures + Self.space
        for option in options(at: place, digits: length) {
            let groups = Group(figures: start + option.figures, end: option.end)
            addGroups(behind: groups, lengths: lengths.dropFirst(), to: &found)
        }
    }

    /// The word behind a space, or a comma or a full stop, as a pause may be written.
    private func nextGroup(behind end: Int) -> Int? {
        if transcript.text.isMark(end, ",.") { return transcript.wordBehindSpace(end + 1) }
        return transcript.wordBehindSpace(end)
    }

    private func options(at place: Int, digits count: Int) -> [Group] {
        var found: [Group] = []
        if count == 2, let pair = numerals.belowHundred(at: place), !pair.isOrdinal {
            if pair.value >= 10 {
                found.append(Group(figures: String(pair.value), end: pair.end))
                // "soixante douze" may be two groups, and so may be "vingt quatre".
                if case .ten(let ten) = transcript.numberWord(place)?.part, pair.end > place + 1,
                    transcript.text.isSpace(place + 1),
                    transcript.key(place + 2) != Self.and
                {
                    found.append(Group(figures: String(ten), end: place + 1))
                }
            }
        }
        if count == 3, let hundreds = numerals.belowThousand(at: place), !hundreds.isOrdinal, hundreds.value >= 100,
            hundreds.value < 1000
        {
            found.append(Group(figures: String(hundreds.value), end: hundreds.end))
        }
        // "huit cent douze" is 812 and not 8 and 112.
        if let single = transcript.digits(at: place, atMost: count), single.figures.utf8.count == count,
            transcript.wordBehindSpace(single.end).flatMap(transcript.numberWord)?.part != .hundred
        {
            found.append(Group(figures: single.figures, end: single.end))
        }
        return found
    }

    private func isNumberBefore(_ index: Int) -> Bool {
        transcript.text.isSpace(index - 1) && transcript.numberWord(index - 2) != nil || transcript.isHyphen(index - 1)
    }

    private func isNumberBehind(_ end: Int) -> Bool {
        transcript.wordBehindSpace(end).map { numerals.begins(at: $0) } == true || transcript.isHyphen(end)
    }
}
