import DequeModule

/// Which answers belong to which batch of commands: Redis answers in the order of the commands. A pure struct.
struct AnswerQueue<Batch> {
    private struct Waiting {
        var batch: Batch
        var missing: Int
        var answers: [RedisValue] = []
    }
    private var waiting: Deque<Waiting> = []

    var isEmpty: Bool { waiting.isEmpty }

    /// - Parameter count: the number of its commands, at least one.
    mutating func add(_ batch: Batch, count: Int) { waiting.append(Waiting(batch: batch, missing: count)) }

    /// Takes in the next answer.
    ///
    /// - Returns: the batch that is complete with it, and all its answers.
    /// - Throws: `protocolViolation` if nobody waits for an answer.
    mutating func receive(_ answer: RedisValue) throws(RedisError) -> (batch: Batch, answers: [RedisValue])? {
        guard !waiting.isEmpty else { throw .protocolViolation("it answers what nobody has asked") }
        waiting[0].answers.append(answer)
        waiting[0].missing -= 1
        guard waiting[0].missing == 0 else { return nil }
        let first = waiting.removeFirst()
        return (first.batch, first.answers)
    }

    /// All batches that are not complete; none is left.
    mutating func drain() -> [Batch] {
        defer { waiting = [] }
        return waiting.map(\.batch)
    }
}
