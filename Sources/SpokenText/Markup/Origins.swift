/// Where the scalars of a text, and its end, lie in the original.
struct Origins {
    /// Where scalars lie that aren't all in their own places.
    private final class Moves {
        /// One more than there are scalars.
        let places: [Int]
        /// By scalar, whether it goes on with what stands for a stretch of the original as a whole, and false at the end; none where nothing
        /// was replaced.
        let continued: [Bool]

        init(_ places: [Int], continued: [Bool]) { (self.places, self.continued) = (places, continued) }
    }

    /// nil where each scalar is in its own place, as in most sentences, which are then quickly passed on.
    private let moves: Moves?
    /// How many scalars the original has.
    let end: Int

    /// Of a text of so many scalars, each of which is in its own place.
    init(end: Int) { (moves, self.end) = (nil, end) }

    /// - Parameter places: one more than there are scalars.
    init(places: [Int], continued: [Bool] = [], end: Int) {
        (moves, self.end) = (Moves(places, continued: continued), end)
    }

    /// Whether each scalar of the text is in its own place.
    var areTheSame: Bool { moves == nil }

    /// Whether what lies between two scalars is as it was, one scalar for each.
    func areConsecutive(_ range: Range<Int>) -> Bool {
        guard let places = moves?.places else { return true }
        return range.isEmpty
            || (range.lowerBound + 1...range.upperBound).allSatisfy { places[$0] == places[$0 - 1] + 1 }
    }

    /// The place of a scalar; that behind the whole of a stretch for what goes on with it.
    subscript(index: Int) -> Int { moves.map { $0.places[index] } ?? index }

    /// Whether a scalar belongs to the same stretch of the original as the one before it, and can't be parted from it.
    func isContinued(_ index: Int) -> Bool {
        guard let continued = moves?.continued, !continued.isEmpty else { return false }
        return continued[index]
    }

    /// The origins of the text in which `stretches` were replaced by as many scalars as stand beside them, all of them in order.
    func replacing(_ stretches: [(range: Range<Int>, count: Int)], of count: Int) -> Origins {
        var (places, continued, done) = ([Int](), [Bool](), 0)
        func keep(to index: Int) {
            for place in done..<index { places.append(self[place]) }
            continued += repeatElement(false, count: index - done)
        }
        for (range, count) in stretches {
            keep(to: range.lowerBound)
            places.append(self[range.lowerBound])
            places += repeatElement(self[range.upperBound], count: count - 1)
            continued.append(false)
            continued += repeatElement(true, count: count - 1)
            done = range.upperBound
        }
        keep(to: count)
        continued.append(false)
        return Origins(places: places + [self[count]], continued: continued, end: end)
    }
}
