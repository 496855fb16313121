/// The tags with which a family of models marks its thoughts. One row per spelling; case is ignored.
struct ThoughtTags: Sendable, Hashable {
    let opening: [UInt8]
    /// The longest first, if one ends with another.
    let closings: [[UInt8]]

    private init(_ opening: String, _ closings: String...) {
        self.opening = Array(opening.utf8)
        self.closings = closings.map { Array($0.utf8) }
    }

    /// Every known spelling. A template may write the opening tag, so that the model's own text has only the closing one. The
    /// channels of gpt-oss are ``ChannelMark``'s.
    static let all = [
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

    static let openings = all.map(\.opening)
    static let closings = all.flatMap(\.closings)
    /// For each byte, whether a tag begins with it: looked up for each byte of an answer.
    static let isFirstByte: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in (openings + closings).compactMap(\.first) { table[Int(byte)] = true }
        return table
    }()
}
