/// The rules without a `*`, by their words: a look costs as many steps as words match, however many rules there are.
struct LexiconTree: Sendable {
    private struct Node {
        var next: [String: Int] = [:]
        var rules: [LexiconRule] = []
    }

    private var nodes = [Node()]

    mutating func add(_ rule: LexiconRule, words: [String]) {
        var place = 0
        for word in words {
            if let next = nodes[place].next[word] {
                place = next
            } else {
                nodes.append(Node())
                nodes[place].next[word] = nodes.count - 1
                place = nodes.count - 1
            }
        }
        nodes[place].rules.append(rule)
    }

    /// The rules whose words stand at a place, the shorter ones first.
    func rules(at start: Int, in words: LexiconWords) -> [LexiconRule] {
        var (place, index, rules) = (0, start, [LexiconRule]())
        while index < words.count, let next = nodes[place].next[words.compared(index)] {
            (place, index) = (next, index + 1)
            rules += nodes[place].rules
        }
        return rules
    }
}
