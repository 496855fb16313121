/// Where the scalars of a text, and its end, lie in the original.
struct Origins {
    /// One more than there are scalars; none where each is in its own place.
    private var places: [Int]
    /// By scalar, whether it goes on with what stands for a stretch of the original as a whole, and false at the end; none where nothing was
    /// replaced.
    private var continued: [Bool] = []
    /// How many scalars the original has.
    let end: Int

    /// - Parameter places: one more than there are scalars; none where each is in its own place.
    init(places: [Int], end: Int) { (self.places, self.end) = (places, end) }

    /// Whether each scalar of the text is in its own place.
    var areTheSame: Bool { places.isEmpty }

    /// Whether what lies between two scalars is as it was, one scalar for each.
    func areConsecutive(_ range: ClosedRange<Int>) -> Bool {
        places.isEmpty || range.dropFirst().allSatisfy { places[$0] == places[$0 - 1] + 1 }
    }

    /// The place of a scalar; that behind the whole of a stretch for what goes on with it.
    subscript(index: Int) -> Int { places.isEmpty ? index : places[index] }

    /// Whether a scalar belongs to the same stretch of the original as the one before it, and can't be parted from it.
    func isContinued(_ index: Int) -> Bool { !continued.isEmpty && continued[index] }

    /// Those of the text in which `stretches` were replaced by as many scalars as stand beside them, all of them in order.
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
        var result = Origins(places: places + [self[count]], end: end)
        result.continued = continued
        return result
    }
}
