import EspeakNG

/// Cuts a prepared text into passages: at the ends of lines, after a sentence of a long line, and before the limits beyond which espeak-ng
/// drops the rest of a word or of a clause without a word.
///
/// In version 1.51 these are 800 bytes, 300 words and 1,000 phonemes for a clause, and 160 bytes and 200 phonemes for a word; some words
/// of fewer characters overflow its buffers. Cuts keep a distance from them: after a sentence if possible, otherwise between words
/// (see ``Seam``), otherwise after a mark within a word, otherwise anywhere but before a combining mark. It is one pass over the text.
struct PassageReader {
    private static let phonemesPerClause = 450.0
    private static let bytesPerClause = 600
    private static let wordsPerClause = 200
    private static let phonemesPerWord = 98.0
    private static let scalarsPerWord = 100
    /// After this a passage ends with its sentence, so that the beginning of a long line is spoken before the rest is read.
    private static let scalarsPerPassage = 200
    /// After this a line that continues with a small letter is one of several that a program has wrapped.
    private static let wrappedLine = 40
    /// The most letters that most abbreviations have.
    private static let abbreviation = 3

    private struct Position {
        var index = 0
        var phonemes = 0.0
        var bytes = 0
        var words = 0
    }

    private let scalars: [Unicode.Scalar]
    private let sounds: [Int: EspeakAlphabet.Word]
    private var passages: [Passage] = []
    private var passageStart = 0
    private var startsAnew = false
    private var now = Position()
    /// Where the clause, and the run of characters without white space, began.
    private var clause = Position()
    private var run = Position()
    private var runCost = 0.0
    /// The newest place after a sentence, and the newest ones within a sentence.
    private var afterStop: Position?
    private var places = CutPlaces<Position>()
    private var lineStart = 0
    private var costs = PhonemeCosts()
    private var hasSound = false
    /// A word of one letter or symbol, and how often it occurred in a row.
    private var letter: Unicode.Scalar?
    private var repeats = 0
    /// How often a symbol occurred without anything in between.
    private var symbols = 0

    /// The passages of `text`, which together are all of it.
    static func passages(of text: PreparedText) -> [Passage] {
        var reader = PassageReader(text)
        return reader.read()
    }

    private init(_ text: PreparedText) { (scalars, sounds) = (text.scalars, text.sounds) }

    private mutating func read() -> [Passage] {
        while now.index < scalars.count {
            let scalar = scalars[now.index]
            if scalar.isLineEnd, !goesOn(after: now.index) {
                finishLine()
            } else if scalar.properties.isWhitespace {
                step(over: scalar)
                if scalar.isLineEnd, scalar != "\r" { lineStart = now.index }
                endRun()
            } else {
                take(scalar)
            }
        }
        finish(at: scalars.count, .line)
        return passages
    }

    private mutating func step(over scalar: Unicode.Scalar, cost: Double = 0) {
        now.index += 1
        // The library decomposes Hangul before it reads it.
        now.bytes += (0xAC00...0xD7A3).contains(scalar.value) ? 9 : UTF8.width(scalar)
        now.phonemes += cost
    }

    /// Ends the passage with the line and the empty lines after it.
    private mutating func finishLine() {
        while now.index < scalars.count, scalars[now.index].properties.isWhitespace { step(over: scalars[now.index]) }
        finish(at: now.index, .line)
        lineStart = now.index
    }

    /// Whether the line end at `index` is only where a program wrapped a long line.
    private func goesOn(after index: Int) -> Bool {
        let isPair = scalars[index...].starts(with: "\r\n".unicodeScalars)
        let next = index + (isPair ? 2 : 1)
        guard index - lineStart >= Self.wrappedLine, next < scalars.count else { return false }
        return scalars[next].properties.isLowercase
    }

    private mutating func finish(at index: Int, _ end: Passage.End) {
        if index > passageStart {
            passages.append(Passage(range: passageStart..<index, end: end, startsAnew: startsAnew))
        } else if end == .line, !passages.isEmpty {
            // It was cut where it ended anyway.
            passages[passages.count - 1].end = .line
        }
        passageStart = index
        startsAnew = false
        (clause, run, runCost, afterStop, places, costs) = (now, now, 0, nil, CutPlaces(), PhonemeCosts())
        (hasSound, letter, repeats, symbols) = (false, nil, 0, 0)
    }

    // MARK: Runs

    private mutating func endRun() {
        countRepeats()
        if run.index < now.index - 1 { now.words += 1 }
        let last = now.index - 2
        if hasSound, last >= passageStart, scalars[last].endsClause {
            if isLong, scalars[last].endsCry, !goesOnSmall { cut(at: now, .sentence) } else { beginClause() }
        } else if endsSentence(last) {
            if isLong { cut(at: now, .sentence) } else { afterStop = now }
        } else if last >= passageStart, scalars[last].isStop {
            places.add(now, at: now.index, .mark)
        } else if last < passageStart || !scalars[last].properties.isWhitespace {
            // Only the first of several spaces counts, because the mark before them tells what ends there.
            places.add(now, at: now.index, Seam(in: scalars, behindSpaceAt: now.index))
        }
        (run, runCost, costs) = (now, 0, PhonemeCosts())
    }

    /// Whether the passage is worth reading by itself. Adding more would only delay its first word.
    private var isLong: Bool { now.index - passageStart >= Self.scalarsPerPassage }

    /// Whether the text after the white space begins with a small letter.
    private var goesOnSmall: Bool {
        let rest = scalars[now.index...].prefix(Self.scalarsPerWord)
        return rest.first { !$0.properties.isWhitespace }?.properties.isLowercase ?? true
    }

    private mutating func beginClause() {
        (clause, afterStop, places, hasSound) = (now, nil, CutPlaces(), false)
    }

    /// Whether a sentence ends with the scalar at `last`, before white space. The library knows more abbreviations than can be listed here,
    /// so only words longer than most abbreviations count, and only before something that may begin a sentence.
    private func endsSentence(_ last: Int) -> Bool {
        var stop = last
        while stop > passageStart, scalars[stop].closesQuotation { stop -= 1 }
        guard stop - passageStart > Self.abbreviation, scalars[stop].isStop else { return false }
        let word = scalars[(stop - Self.abbreviation - 1)..<stop]
        guard word.allSatisfy({ !$0.properties.isWhitespace && !$0.isStop }) else { return false }
        var next = now.index
        while next < scalars.count, scalars[next].properties.isWhitespace { next += 1 }
        return next < scalars.count && !scalars[next].properties.isLowercase
    }

    /// A single letter or symbol that occurs four times in a row would be left out from then on.
    private mutating func countRepeats() {
        let word = scalars[run.index..<max(run.index, now.index - 1)].lazy
        var spoken = word.filter { !$0.standsBesideWords && !$0.isCombiningMark }.makeIterator()
        guard let only = spoken.next() else { return }
        guard spoken.next() == nil, only.isLeftOutWhereRepeated else {
            (letter, repeats) = (nil, 0)
            return
        }
        repeats = only == letter ? repeats + 1 : 1
        letter = only
        if repeats == 3 { cut(at: now, .word, anew: true) }
    }

    /// So would one that occurs four times without anything in between.
    private mutating func countSymbols(_ scalar: Unicode.Scalar) {
        guard scalar.isSpokenSymbol else {
            symbols = 0
            return
        }
        symbols = now.index > passageStart && scalars[now.index - 1] == scalar ? symbols + 1 : 1
        guard symbols > 3 else { return }
        cut(at: now, .within, anew: true)
        symbols = 1
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        countSymbols(scalar)
        let word = sounds[now.index]
        let cost = word.map { PhonemeCosts.Cost(Double($0.sounds), Double($0.sounds)) } ?? costs.cost(of: scalar)
        let isEndless = now.index - run.index >= 2 * Self.scalarsPerWord
        if isEndless || !scalar.continuesCharacter(after: now.index > 0 ? scalars[now.index - 1] : nil) {
            if runCost + cost.inWord > Self.phonemesPerWord || now.index - run.index >= Self.scalarsPerWord {
                cut(at: now, .within)
            }
            cutClauseIfFull()
        }
        step(over: scalar, cost: cost.inClause)
        now.bytes += word?.text.utf8.count ?? 0
        runCost += cost.inWord
        if word != nil || scalar.properties.isAlphabetic || scalar.isDigit { hasSound = true }
        if scalar.separatesWords { separate() }
    }

    /// A mark between letters, as in a chain of words or in an address.
    private mutating func separate() {
        guard now.index - run.index > 1 else { return }
        countRepeats()
        now.words += 1
        places.add(now, at: now.index, Seam(in: scalars, behindMarkAt: now.index))
        (run, runCost, costs) = (now, 0, PhonemeCosts())
    }

    // MARK: Cuts

    private mutating func cutClauseIfFull() {
        guard
            now.phonemes - clause.phonemes > Self.phonemesPerClause || now.bytes - clause.bytes > Self.bytesPerClause
                || now.words - clause.words > Self.wordsPerClause
        else { return }
        let half = clause.index + (now.index - clause.index) / 2
        if let stop = afterStop {
            // However early: a cut anywhere else tears a sentence apart.
            cut(at: stop, .sentence)
        } else if let place = places.best(behind: clause.index, preferably: half) {
            cut(at: place, .word)
        } else {
            cut(at: now, .within)
        }
    }

    private mutating func cut(at place: Position, _ end: Passage.End, anew: Bool = false) {
        let (run, runCost, costs, letter, symbols) = (self.run, self.runCost, self.costs, self.letter, self.symbols)
        var places = self.places
        let reached = now
        now = place
        finish(at: place.index, end)
        now = reached
        startsAnew = anew
        // What has been read after the place belongs to the next passage.
        if place.index < reached.index {
            hasSound = true
            (self.letter, self.symbols) = (letter, symbols)
            places.removeAll(through: place.index)
            self.places = places
            if run.index >= place.index { (self.run, self.runCost, self.costs) = (run, runCost, costs) }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isLineEnd: Bool {
        switch value {
        case 0xA, 0xD, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    fileprivate var isDigit: Bool { properties.numericType != nil }

    /// Before white space these end a clause if anything in it has a sound.
    fileprivate var endsClause: Bool { ",;:!?".unicodeScalars.contains(self) }

    /// The ones that also end a sentence.
    fileprivate var endsCry: Bool { "!?".unicodeScalars.contains(self) }

    fileprivate var isStop: Bool { self == "." || self == "…" }

    /// What may stand between the end of a sentence and the white space.
    fileprivate var closesQuotation: Bool { "\"')]»”’".unicodeScalars.contains(self) }

    fileprivate var separatesWords: Bool { "/-_@+=&?#,;:()\"".unicodeScalars.contains(self) }

    /// Marks that neither form a word of their own nor split the word that they are attached to.
    fileprivate var standsBesideWords: Bool { ".,;:!?…'\"’‘“”«»()[]{}-–—‑|_".unicodeScalars.contains(self) }

    /// Whether the library, in some language, reads it at most three times in a row. Numbers and emoji are always read.
    fileprivate var isLeftOutWhereRepeated: Bool {
        properties.numericType != .decimal && (value < 0x2300 || properties.isAlphabetic)
    }

    /// A symbol with a name, so that a row of it means something. Rows of other symbols, as in "*****" or "~~~~~", are ornaments: the
    /// library reads three of them, which is as many as anyone wants to hear.
    fileprivate var isSpokenSymbol: Bool {
        guard value < 0x2300, !(0x61...0x7A).contains(value) else { return false }
        return switch properties.generalCategory {
        case .currencySymbol, .otherNumber: true
        case .mathSymbol: !"=~|<>".unicodeScalars.contains(self)
        default: "%&@§¶°¦".unicodeScalars.contains(self)
        }
    }

    /// Whether this scalar must not be separated from the previous one.
    fileprivate func continuesCharacter(after last: Unicode.Scalar?) -> Bool {
        if last == "\u{200D}" { return true }
        guard value >= 0x300 else { return false }
        if value == 0x200D || properties.isEmojiModifier || (0x1F1E6...0x1F1FF).contains(value) { return true }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
