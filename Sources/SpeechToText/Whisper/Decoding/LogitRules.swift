/// Which tokens may follow: rules that put −∞ on the logits of all others, in the order of openai-whisper's filters.
struct LogitRules: Sendable {
    let special: SpecialTokens
    /// Never allowed.
    let suppressed: [Int]
    /// Not allowed as the first token: a blank, and the end.
    let suppressedFirst: [Int]
    let timestamps: Bool
    /// The latest time that the first timestamp may have, in steps of 0.02 s.
    let maximumInitialTimestamp: Int

    /// - Parameters:
    ///   - logits: one row, changed in place.
    ///   - sampled: the tokens generated so far in this window, without the prompt.
    func apply(to logits: UnsafeMutableBufferPointer<Float>, after sampled: some BidirectionalCollection<Int>) {
        if sampled.isEmpty { forbid(suppressedFirst, in: logits) }
        forbid(suppressed, in: logits)
        guard timestamps else { return }
        logits[special.noTimestamps] = -.infinity
        keepPairs(in: logits, after: sampled)
        keepOrder(in: logits, after: sampled)
        if sampled.isEmpty {
            forbid(0..<special.firstTimestamp, in: logits)
            forbid(special.firstTimestamp + maximumInitialTimestamp + 1..<logits.count, in: logits)
        }
        preferTimestamps(in: logits)
    }

    private func forbid(_ tokens: [Int], in logits: UnsafeMutableBufferPointer<Float>) {
        for token in tokens { logits[token] = -.infinity }
    }

    private func forbid(_ tokens: Range<Int>, in logits: UnsafeMutableBufferPointer<Float>) {
        guard tokens.lowerBound < tokens.upperBound else { return }
        UnsafeMutableBufferPointer(rebasing: logits[tokens]).update(repeating: -.infinity)
    }

    /// Timestamps come in pairs, end and next start, except before the end of text.
    private func keepPairs(
        in logits: UnsafeMutableBufferPointer<Float>, after sampled: some BidirectionalCollection<Int>
    ) {
        guard let last = sampled.last, special.isTimestamp(last) else { return }
        if sampled.dropLast().last.map(special.isTimestamp) ?? true {
            forbid(special.firstTimestamp..<logits.count, in: logits)
        } else {
            forbid(0..<special.endOfText, in: logits)
        }
    }

    /// Time never runs backwards, and a segment lasts at least 0.02 s: only the second of a pair may repeat the first.
    private func keepOrder(
        in logits: UnsafeMutableBufferPointer<Float>, after sampled: some BidirectionalCollection<Int>
    ) {
        guard let latest = sampled.last(where: special.isTimestamp), let last = sampled.last else { return }
        let opensPair = special.isTimestamp(last) && !(sampled.dropLast().last.map(special.isTimestamp) ?? true)
        forbid(special.firstTimestamp..<(opensPair ? latest : latest + 1), in: logits)
    }

    /// When time tokens together are likelier than any other token, the next one is a time.
    private func preferTimestamps(in logits: UnsafeMutableBufferPointer<Float>) {
        let times = UnsafeMutableBufferPointer(rebasing: logits[special.firstTimestamp...])
        let others = UnsafeMutableBufferPointer(rebasing: logits[..<special.firstTimestamp])
        let best = others.max() ?? -.infinity
        if LogitMath.logSumExp(UnsafeBufferPointer(times)) > best { forbid(0..<special.firstTimestamp, in: logits) }
    }
}
