/// The states; each tells whether there is more to do with what is held.
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
            return begin(opening.tag, upTo: place + opening.length, emphasis)
        }
        // The template has opened a thought that is empty.
        if emphasis.isEmpty, let closing = ThoughtTags.closings.match(in: held, at: place) {
            drop(place + closing.length)
            isBehindThought = true
            return true
        }
        let mayBeTag =
            ThoughtTags.openings.mayBegin(in: held, at: place)
            || emphasis.isEmpty && ThoughtTags.closings.mayBegin(in: held, at: place)
        return mayBeTag ? false : leaveOpening()
    }

    private mutating func begin(_ opening: [UInt8], upTo tagEnd: Int, _ emphasis: [UInt8]) -> Bool {
        var end = tagEnd
        if !emphasis.isEmpty {
            guard held.count > end + emphasis.count else { return false }
            if held[end...].starts(with: emphasis) { end += emphasis.count }
            // A sentence about the tag, which is bold.
            if held[end] == UInt8(ascii: " ") { return leaveOpening() }
        }
        drop(end)
        let rows = ThoughtTags.all.filter { $0.opening == opening }
        (state, hasThoughtText, marks) = (.thinking(closings: rows.flatMap(\.closings)), false, emphasis)
        startSearch()
        return true
    }

    private mutating func leaveOpening() -> Bool {
        (state, scanned, search) = (.answering, 0, nil)
        if isBehindThought { return true }
        if beginning != .answer { state = .undecided }
        if beginning == .answer ? mayThink : beginning == .thoughtPerhaps { startSearch() }
        return true
    }

    mutating func answer(_ parts: inout [Part]) -> Bool {
        if let tag = search?.opening, mayThink, tag.lowerBound <= Self.maxFirstWords {
            let place = tag.lowerBound - drained
            if place > 0 { parts.append(.answer(take(place))) }
            state = .aside(tagLength: tag.count)
            startSearch(behind: tag.count)
            return true
        }
        if drained > Self.maxFirstWords || search?.isOver == true { search = nil }
        let end = search.map { $0.offset - drained } ?? held.count
        if end > 0 { parts.append(.answer(take(end))) }
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
        // Half a tag may stand at the end, one that is not decided, and white space before it.
        let tail = held.indices.suffix(closings.longestCount).first { closings.mayBegin(in: held, at: $0) }
        let certain = search.map { $0.isOver ? held.count : $0.certain - drained } ?? held.count
        let stop = min(tail ?? held.count, certain)
        let end = endOfThought(before: stop)
        addThought(upTo: stop - end > Self.maxSpace ? stop : end, &parts)
        return false
    }

    /// Behind a closing tag that is not the opening one's.
    mutating func reconsider(_ closings: [[UInt8]], _ parts: inout [Part]) -> Bool {
        if let tag = firstTag(of: closings) {
            endThought(at: tag.place, tagLength: tag.length, &parts)
            return true
        }
        scanned = max(0, held.count - closings.longestCount)
        return held.count > Self.maxHeld && endOtherwise()
    }

    /// The thought ended with a closing tag that is not the opening one's; false where it did not.
    mutating func endOtherwise() -> Bool {
        guard case .closedOtherwise(_, let tagEnd) = state else { return false }
        drop(tagEnd)
        (state, isBehindThought, search, marks) = (.opening, true, nil, [])
        return true
    }

    mutating func decide(_ parts: inout [Part]) -> Bool {
        if beginning == .thought, let tag = firstTag(of: ThoughtTags.plainClosings) {
            heldTextWas = .thought
            endThought(at: tag.place, tagLength: tag.length, &parts)
            return true
        }
        if let search, let tag = search.closing {
            heldTextWas = search.isAlone ? .thought : nil
            endThought(at: tag.lowerBound, tagLength: tag.count, &parts)
            return true
        }
        scanned = max(0, held.count - ThoughtTags.plainClosings.longestCount)
        guard held.count > Self.maxHeld || search?.isOver == true else { return false }
        if beginning == .thought {
            (state, heldTextWas, scanned) = (.thinking(closings: ThoughtTags.plainClosings), .thought, 0)
        } else {
            state = .answering
        }
        return true
    }

    mutating func setAside(_ tagLength: Int, _ parts: inout [Part]) -> Bool {
        if let tag = search?.closing {
            drop(tagLength)
            hasThoughtText = false
            endThought(at: tag.lowerBound, tagLength: tag.count, &parts)
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
    }

    func endOfThought(before end: Int) -> Int { held.endOfText(before: end, marks: marks) }

    mutating func addThought(upTo end: Int, _ parts: inout [Part]) {
        let space = hasThoughtText ? 0 : min(held.leadingSpace, end)
        drop(space)
        guard end > space else { return }
        parts.append(.thinking(take(end - space)))
        hasThoughtText = true
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

    private mutating func startSearch(behind skipped: Int = 0) {
        var search = TagSearch()
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
