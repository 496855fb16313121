/// The steps for each state; each returns whether there is more to do with the held text.
extension ThoughtSplitter {
    // MARK: Before and behind thoughts

    mutating func open() -> Bool {
        if !marksBehind.isEmpty {
            if held.count < marksBehind.count, marksBehind.starts(with: held) { return false }
            if held.starts(with: marksBehind) { drop(marksBehind.count) }
            marksBehind = []
            return true
        }
        let space = held.leadingSpace
        if isBehindThought, space > 0 {
            drop(space)
            return true
        }
        if space == held.count, space <= Self.maxSpace { return false }
        guard space <= Self.maxSpace else { return leaveOpening() }
        return open(behind: space)
    }

    private mutating func open(behind space: Int) -> Bool {
        let emphasis = held.emphasis(at: space)
        let place = space + emphasis.count
        // More may follow.
        if place == held.count { return false }
        if let opening = ThoughtTags.openings.match(in: held, at: place) {
            return begin(opening.tag, at: place..<place + opening.length, emphasis: emphasis)
        }
        if emphasis.isEmpty, let closing = ThoughtTags.closings.match(in: held, at: place) {
            return passClosing(upTo: place + closing.length)
        }
        if emphasis.isEmpty, !isBehindThought, let isMoving = openChannel(at: place) { return isMoving }
        let mayBeTag =
            ThoughtTags.openings.mayBegin(in: held, at: place)
            || emphasis.isEmpty && ThoughtTags.closings.mayBegin(in: held, at: place)
        return mayBeTag ? false : leaveOpening()
    }

    private mutating func begin(_ opening: [UInt8], at tag: Range<Int>, emphasis: [UInt8]) -> Bool {
        var end = tag.upperBound
        if !emphasis.isEmpty {
            guard held.count > end + emphasis.count else { return false }
            if held[end...].starts(with: emphasis) { end += emphasis.count }
            // A sentence about the tag, which is bold.
            if held[end] == UInt8(ascii: " ") { return leaveOpening() }
        }
        guard let isDoubtful = isDoubtful(behind: end) else { return false }
        if isDoubtful {
            state = .doubtful(tagLength: end)
            startSearch(.doubtful, behind: end)
            return true
        }
        if onlyThought == nil, !hasAnswer {
            (onlyThought, thoughtLength) = (Array(held[(tag.lowerBound - emphasis.count)...]), 0)
        }
        drop(end)
        let rows = ThoughtTags.all.filter { $0.opening == opening }
        (state, hasThoughtText, marks) = (.thinking(closings: rows.flatMap(\.closings)), false, emphasis)
        startSearch(.opened)
        return true
    }

    /// Whether a sentence goes on after the tag that ends at `end` or, if the model cannot think, any text follows on its line. nil
    /// if that is not known yet.
    private func isDoubtful(behind end: Int) -> Bool? {
        switch follower(at: end) {
        case nil: nil
        case .lineEnd: false
        case .text(let scalar, let isGlued): !mayThink || !isGlued || scalar.followsWords
        }
    }

    /// A closing tag at the beginning: the template has opened a thought that is empty, or the tag is a word.
    private mutating func passClosing(upTo end: Int) -> Bool {
        if beginning != .thought, !isBehindThought {
            guard let follower = follower(at: end) else { return false }
            // Without an answer after it, it is a word.
            if Array(held[end...]).leadingSpace == held.count - end {
                return isAtEnd || held.count > Self.maxSpace ? leaveOpening() : false
            }
            if case .text(let scalar, let isGlued) = follower,
                isGlued ? scalar.followsWords : !mayThink || scalar.properties.isLowercase
            {
                return leaveOpening()
            }
            if onlyThought == nil, !hasAnswer { (onlyThought, thoughtLength) = (held, 0) }
        }
        drop(end)
        isBehindThought = true
        return true
    }

    private enum Follower {
        case lineEnd
        case text(Unicode.Scalar, isGlued: Bool)
    }

    /// The text after a tag that ends at `end`; nil if that is not known yet.
    private func follower(at end: Int) -> Follower? {
        var place = end
        while place < held.count {
            let (scalar, length) = held.scalar(at: place)
            if !scalar.isBlank { return .text(scalar, isGlued: place == end) }
            place += length
            if scalar == "\n" || place - end > Self.maxSpace { return .lineEnd }
        }
        return isAtEnd ? .lineEnd : nil
    }

    private mutating func leaveOpening() -> Bool {
        (state, scanned, search) = (.answering, 0, nil)
        if isBehindThought {
            if mayThink, !comesApart { startSearch() }
            return true
        }
        if beginning != .answer { state = .undecided }
        if beginning == .answer ? mayThink : beginning == .thoughtPerhaps { startSearch() }
        return true
    }

    mutating func answer(_ parts: inout [Part]) -> Bool {
        if let tag = search?.opening, mayThink, isBehindThought || tag.lowerBound <= Self.maxFirstWords {
            addAnswer(upTo: tag.lowerBound - drained, &parts)
            guard let isDoubtful = isDoubtful(behind: tag.count) else { return false }
            if !isDoubtful || !isBehindThought {
                state = .aside(tagLength: tag.count)
                startSearch(isDoubtful ? .doubtful : .opened, behind: tag.count)
                return true
            }
        }
        // After a thought, a thinking model may think again at any time.
        if drained > Self.maxFirstWords && !isBehindThought || search?.isOver == true { search = nil }
        addAnswer(upTo: search.map { $0.offset - drained } ?? held.count, &parts)
        return false
    }

    // MARK: Thoughts

    mutating func think(_ closings: [[UInt8]], _ parts: inout [Part]) -> Bool {
        if let tag = firstTag(of: closings) {
            endThought(at: tag.place, tagLength: tag.length, &parts)
            return true
        }
        if let tag = search?.closing {
            addThought(upTo: endOfThought(before: tag.lowerBound - drained), &parts)
            state = .closedOtherwise(closings: closings, tagEnd: tag.upperBound - drained)
            return true
        }
        // At the end there may be half a tag, one that is not decided, and white space before it.
        let tail = held.indices.suffix(closings.longestCount).first { closings.mayBegin(in: held, at: $0) }
        let certain = search.map { $0.isOver ? held.count : $0.certain - drained } ?? held.count
        let stop = min(tail ?? held.count, certain)
        let end = endOfThought(before: stop)
        addThought(upTo: stop - end > Self.maxSpace ? stop : end, &parts)
        return false
    }

    /// After a closing tag that does not match the opening one.
    mutating func reconsider(_ closings: [[UInt8]], _ parts: inout [Part]) -> Bool {
        if let tag = firstTag(of: closings) {
            endThought(at: tag.place, tagLength: tag.length, &parts)
            return true
        }
        scanned = max(0, held.count - closings.longestCount)
        return held.count > Self.maxHeld && endOtherwise()
    }

    /// Ends the thought at a closing tag that does not match the opening one; false if it did not end.
    mutating func endOtherwise() -> Bool {
        guard case .closedOtherwise(_, let tagEnd) = state else { return false }
        drop(tagEnd)
        (state, isBehindThought, search, marks) = (.opening, true, nil, [])
        if mayThink { onlyThought = nil }
        return true
    }

    mutating func decide(_ parts: inout [Part]) -> Bool {
        if beginning == .thought, let tag = firstTag(of: ThoughtTags.closings) {
            heldTextWas = .thought
            endThought(at: tag.place, tagLength: tag.length, &parts)
            return true
        }
        if let search, let tag = search.closing {
            heldTextWas = search.isAlone ? .thought : nil
            endUncertain(at: tag, &parts)
            return true
        }
        scanned = max(0, held.count - ThoughtTags.closings.longestCount)
        guard held.count > Self.maxHeld || search?.isOver == true else { return false }
        if beginning == .thought {
            (state, heldTextWas, scanned) = (.thinking(closings: ThoughtTags.closings), .thought, 0)
        } else {
            state = .answering
        }
        return true
    }

    mutating func setAside(_ tagLength: Int, _ parts: inout [Part]) -> Bool {
        if let tag = search?.closing {
            endUncertain(at: tag, behind: tagLength, &parts)
            return true
        }
        guard held.count > Self.maxHeld || search?.isOver == true else { return false }
        (state, search) = (.answering, nil)
        return true
    }

    // MARK: Parts

    mutating func endThought(at place: Int, tagLength: Int, _ parts: inout [Part]) {
        let end = endOfThought(before: place)
        if !marks.isEmpty, held[..<place].suffix(marks.count).elementsEqual(marks) { marksBehind = marks }
        held.removeSubrange(end..<(place + tagLength))
        addThought(upTo: end, &parts)
        (state, isBehindThought, scanned, search, marks) = (.opening, true, 0, nil, [])
        // If a model cannot think, a closed thought without an answer after it is the answer.
        if mayThink { onlyThought = nil }
    }

    /// Ends a thought that is marked by its closing tag only: without an answer after it, it was the answer.
    private mutating func endUncertain(at tag: Range<Int>, behind tagLength: Int = 0, _ parts: inout [Part]) {
        let whole = held
        drop(tagLength)
        (hasThoughtText, thoughtLength) = (false, 0)
        endThought(at: tag.lowerBound, tagLength: tag.count, &parts)
        if !hasAnswer { onlyThought = whole }
    }

    func endOfThought(before end: Int) -> Int { held.endOfText(before: end, marks: marks) }

    mutating func addThought(upTo end: Int, _ parts: inout [Part]) {
        let space = hasThoughtText ? 0 : min(held.leadingSpace, end)
        drop(space)
        guard end > space else { return }
        parts.append(.thinking(take(end - space)))
        (hasThoughtText, thoughtLength) = (true, thoughtLength + end - space)
    }

    mutating func addAnswer(upTo end: Int, _ parts: inout [Part]) {
        guard end > 0 else { return }
        hasAnswer = hasAnswer || Array(held[..<end]).leadingSpace < end
        parts.append(.answer(take(end)))
    }

    mutating func take(_ count: Int) -> String {
        defer { drop(count) }
        return String(decoding: held.prefix(count), as: UTF8.self)
    }

    mutating func drop(_ count: Int) {
        held.removeFirst(count)
        drained += count
        scanned = 0
    }

    private mutating func startSearch(_ kind: TagSearch.Kind = .lone, behind skipped: Int = 0) {
        var search = TagSearch(kind)
        search.consume(held.dropFirst(skipped))
        (self.search, drained) = (search, 0)
    }

    private func firstTag(of closings: [[UInt8]]) -> (place: Int, length: Int)? {
        for place in held.indices.dropFirst(scanned) {
            if let tag = closings.match(in: held, at: place) { return (place, tag.length) }
        }
        return nil
    }
}
