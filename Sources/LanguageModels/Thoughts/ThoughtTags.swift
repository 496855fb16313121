/// How a family of models marks what it thinks. One row a spelling; letters of either case.
struct ThoughtTags: Sendable, Hashable {
    let opening: [UInt8]
    /// The longest first, where one ends with another.
    let closings: [[UInt8]]

    private init(_ opening: String, _ closings: String...) {
        self.opening = Array(opening.utf8)
        self.closings = closings.map { Array($0.utf8) }
    }

    /// Every spelling that is known.
    static let all: [ThoughtTags] =
        plain + [
            // gpt-oss, where a server passes its channels on.
            ThoughtTags("<|start|>assistant" + analysis, harmonyEnd, finalStart, final),
            ThoughtTags(analysis, harmonyEnd, finalStart, final),
        ]

    /// Those whose opening tag a template may write, so that the model's own text has the closing one only.
    static let plain = [
        // Qwen, DeepSeek, QwQ, GLM, SmolLM and most others.
        ThoughtTags("<think>", "</think>"),
        ThoughtTags("<thinking>", "</thinking>"),
        // EXAONE Deep.
        ThoughtTags("<thought>", "</thought>"),
        ThoughtTags("<reasoning>", "</reasoning>"),
        // Magistral.
        ThoughtTags("[THINK]", "[/THINK]"),
        // Seed-OSS.
        ThoughtTags("<seed:think>", "</seed:think>"),
        // Kimi-VL.
        ThoughtTags("◁think▷", "◁/think▷"),
        // Command A.
        ThoughtTags("<|START_THINKING|>", "<|END_THINKING|>"),
        // OpenThinker, Sky-T1.
        ThoughtTags("<|begin_of_thought|>", "<|end_of_thought|>"),
    ]

    private static let analysis = "<|channel|>analysis<|message|>"
    private static let final = "<|channel|>final<|message|>"
    private static let finalStart = "<|start|>assistant" + final
    private static let harmonyEnd = "<|end|>" + finalStart

    static let openings = all.map(\.opening)
    static let closings = all.flatMap(\.closings)
    static let plainClosings = plain.flatMap(\.closings)
}

extension [[UInt8]] {
    /// The longest of these that `bytes` have at `position`, whatever the case of their letters.
    func match(in bytes: [UInt8], at position: Int) -> [UInt8]? {
        var longest: [UInt8]?
        for tag in self where tag.count > longest?.count ?? 0 && bytes.have(tag, at: position) { longest = tag }
        return longest
    }

    /// Whether `bytes` end, from `position` on, within one of these.
    func mayBegin(in bytes: [UInt8], at position: Int) -> Bool {
        let rest = bytes.count - position
        return contains { $0.count > rest && bytes.have($0[..<rest], at: position) }
    }

    var longestCount: Int { reduce(0) { Swift.max($0, $1.count) } }
}

extension [UInt8] {
    fileprivate func have(_ tag: some Collection<UInt8>, at position: Int) -> Bool {
        guard count - position >= tag.count else { return false }
        return zip(self[position...], tag).allSatisfy { $0 == $1 || $0.lowercased == $1.lowercased }
    }

    /// How many bytes of white space they begin with.
    var leadingSpace: Int { prefix(while: \.isTextSpace).count }

    /// Where the white space begins that stands before `end`.
    func endOfText(before end: Int) -> Int {
        var end = end
        while end > 0, self[end - 1].isTextSpace { end -= 1 }
        return end
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }

    var isTextSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
