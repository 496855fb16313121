/// The cheapest way through a matrix from its first to its last cell, stepping to the right, down or both.
///
/// The same as openai-whisper's `dtw_cpu`, down to its ties and its single-precision sums.
enum DynamicTimeWarping {
    private enum Step: UInt8 {
        case diagonal, up, left
    }

    /// - Parameter cost: `[rows, columns]` in row-major order.
    /// - Returns: the cells of the path, in order.
    static func path(_ cost: [Float], rows: Int, columns: Int) -> [(row: Int, column: Int)] {
        guard rows > 0, columns > 0 else { return [] }
        let width = columns + 1
        var total = [Float](repeating: .infinity, count: (rows + 1) * width)
        var steps = [Step](repeating: .left, count: (rows + 1) * width)
        total[0] = 0
        for column in 1...columns {
            for row in 1...rows {
                let cell = row * width + column
                let (diagonal, up, left) = (total[cell - width - 1], total[cell - width], total[cell - 1])
                let step: Step =
                    diagonal < up && diagonal < left ? .diagonal : up < diagonal && up < left ? .up : .left
                let before = step == .diagonal ? diagonal : step == .up ? up : left
                total[cell] = Float(Double(cost[(row - 1) * columns + column - 1]) + Double(before))
                steps[cell] = step
            }
        }
        return backtrack(steps, rows: rows, columns: columns)
    }

    private static func backtrack(_ steps: [Step], rows: Int, columns: Int) -> [(row: Int, column: Int)] {
        var path: [(row: Int, column: Int)] = []
        var (row, column) = (rows, columns)
        while row > 0 || column > 0 {
            path.append((row - 1, column - 1))
            // Along the edges there is only one way.
            let step: Step = row == 0 ? .left : column == 0 ? .up : steps[row * (columns + 1) + column]
            if step != .left { row -= 1 }
            if step != .up { column -= 1 }
        }
        return path.reversed()
    }
}

/// The middle one of each value and its `width` / 2 neighbours on both sides, mirrored at the edges.
func medianFilter(_ values: [Float], width: Int = 7) -> [Float] {
    let half = width / 2
    guard values.count > half else { return values }
    var window = [Float](repeating: 0, count: width)
    return values.indices.map { centre in
        for offset in 0..<width {
            var index = abs(centre + offset - half)
            if index >= values.count { index = 2 * (values.count - 1) - index }
            window[offset] = values[index]
        }
        window.sort()
        return window[half]
    }
}
