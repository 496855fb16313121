/// The separators of gpt-oss's messages (`<|end|><|start|>assistant<|channel|>final<|message|>`), if a server passes them on as they are.
enum ChannelMark: Equatable {
    case none
    /// More may follow.
    case cut
    /// A message begins after it. `analysis` is what the model thinks; its messages to tools are not part of the answer either.
    case message(length: Int, isThought: Bool)
    /// Nothing follows it.
    case end(length: Int)

    private static let ends = ["<|end|>", "<|return|>", "<|call|>"].map { Array($0.utf8) }
    private static let start = Array("<|start|>".utf8)
    private static let channel = Array("<|channel|>".utf8)
    /// It stands among the names.
    private static let format = Array("<|constrain|>".utf8)
    private static let message = Array("<|message|>".utf8)
    /// The length in bytes of a role, or of a channel with its recipient and format.
    private static let maxName = 128

    init(in bytes: [UInt8], at position: Int, isAtEnd: Bool) {
        self = Self.read(bytes[position...], isAtEnd)
    }

    private static func read(_ bytes: ArraySlice<UInt8>, _ isAtEnd: Bool) -> ChannelMark {
        var rest = bytes
        let mark = ends.first { rest.starts(with: $0) }
        rest = rest.dropFirst(mark?.count ?? 0).drop(while: \.isTextSpace)
        var isCut = rest.isEmpty
        if let header = header(rest, &isCut) {
            return .message(length: bytes.count - header.rest.count, isThought: header.isThought)
        }
        guard isCut || mark == nil && ends.contains(where: { $0.starts(with: bytes) }) else { return .none }
        guard isAtEnd else { return .cut }
        return mark != nil || bytes.starts(with: start) || bytes.starts(with: channel)
            ? .end(length: bytes.count) : .none
    }

    private static func header(
        _ bytes: ArraySlice<UInt8>, _ isCut: inout Bool
    ) -> (rest: ArraySlice<UInt8>, isThought: Bool)? {
        var rest = bytes
        if rest.starts(with: start) {
            rest = rest.dropFirst(start.count)
            guard pass(channel, in: &rest, isCut: &isCut) else { return nil }
        } else if rest.starts(with: channel) {
            rest = rest.dropFirst(channel.count)
        } else {
            isCut = isCut || start.starts(with: rest) || channel.starts(with: rest)
            return nil
        }
        let name = rest
        guard pass(message, in: &rest, isCut: &isCut) else { return nil }
        let words = String(decoding: name.dropLast(rest.count + message.count), as: UTF8.self).lowercased()
        guard let kind = ["analysis", "commentary", "final"].first(where: words.hasPrefix) else { return nil }
        return (rest, kind == "analysis" || words.contains("to="))
    }

    /// Moves past `mark`, which follows a name.
    private static func pass(_ mark: [UInt8], in rest: inout ArraySlice<UInt8>, isCut: inout Bool) -> Bool {
        var place = rest.startIndex
        while place < rest.endIndex, place - rest.startIndex < maxName {
            let tail = rest[place...]
            if tail.starts(with: mark) {
                rest = tail.dropFirst(mark.count)
                return true
            } else if tail.starts(with: format) {
                place += format.count
            } else if rest[place].mayStandInName(isFirst: place == rest.startIndex) {
                place += 1
            } else {
                isCut = mark.starts(with: tail) || format.starts(with: tail)
                return false
            }
        }
        isCut = place == rest.endIndex
        return false
    }
}

extension UInt8 {
    fileprivate func mayStandInName(isFirst: Bool) -> Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        case 0x20, UInt8(ascii: "="), UInt8(ascii: "."), UInt8(ascii: ":"): !isFirst
        default: false
        }
    }
}

extension ThoughtSplitter {
    /// Begins to read channels if there is a channel header at `place`; nil if there is none.
    mutating func openChannel(at place: Int) -> Bool? {
        switch ChannelMark(in: held, at: place, isAtEnd: false) {
        case .message(let length, let isThought):
            drop(place + length)
            (state, isBehindThought) = (.channel(isThought: isThought), true)
            (onlyThought, thoughtLength, hasThoughtText) = ([], 0, false)
            return true
        case .cut: return isAtEnd ? nil : false
        case .none, .end: return nil
        }
    }

    mutating func readChannel(_ isThought: Bool, _ parts: inout [Part]) -> Bool {
        for place in held.indices.dropFirst(scanned) where held[place] == UInt8(ascii: "<") {
            switch ChannelMark(in: held, at: place, isAtEnd: isAtEnd) {
            case .none: continue
            case .cut:
                addMessage(upTo: place, isThought, &parts)
                return false
            case .message(let length, let isNextThought):
                endMessage(at: place, length: length, isThought, &parts)
                (state, hasThoughtText) = (.channel(isThought: isNextThought), false)
                return true
            case .end(let length):
                endMessage(at: place, length: length, isThought, &parts)
                return true
            }
        }
        addMessage(upTo: held.count, isThought, &parts)
        return false
    }

    private mutating func endMessage(at place: Int, length: Int, _ isThought: Bool, _ parts: inout [Part]) {
        let rest = held.count - place
        addMessage(upTo: place, isThought, &parts)
        drop(held.count - rest + length)
        if isThought, mayThink { onlyThought = nil }
    }

    /// White space around a thought, and before an answer, belongs to neither; messages of one kind become paragraphs.
    private mutating func addMessage(upTo end: Int, _ isThought: Bool, _ parts: inout [Part]) {
        let space = hasThoughtText ? 0 : min(held.leadingSpace, end)
        drop(space)
        let whole = end - space
        let bare = isThought ? endOfThought(before: whole) : whole
        let end = whole - bare > Self.maxSpace ? whole : bare
        guard end > 0 else { return }
        let isNext = !hasThoughtText && (isThought ? thoughtLength > 0 : hasAnswer)
        if isThought {
            let text = (isNext ? "\n\n" : "") + take(end)
            onlyThought?.append(contentsOf: text.utf8)
            thoughtLength += text.utf8.count
            parts.append(.thinking(text))
        } else {
            if isNext { parts.append(.answer("\n\n")) }
            addAnswer(upTo: end, &parts)
        }
        hasThoughtText = true
    }
}
