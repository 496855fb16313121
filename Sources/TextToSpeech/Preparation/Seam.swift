/// What a cut between two words parts, or one behind a mark within a word: the better, the less.
enum Seam: Int, CaseIterable, Comparable {
    case words
    /// "de | 12".
    case beforeNumber
    /// "678 | euros", "juillet | 1789".
    case afterNumber
    /// Behind a mark within a word, or a full stop that may be that of an abbreviation: what is cut there sounds otherwise.
    case mark
    /// Between a number and a unit or the like: "12 | km/h", "10 | h 30".
    case unit
    /// Between two numbers, in a row of them: "15,0 | 11,4".
    case numbers
    /// Within a number that is written with spaces, which would become two: "12 | 345", "3 | / 4".
    case digitGroups
    /// Behind a mark within a number: "10,|3", "06-12-|34", "08:|05".
    case number

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension Seam {
    /// Farther from the cut nothing is looked at, so that finding seams stays linear.
    private static let (spaces, longest, near) = (4, 10, 3)
    /// As long as units that numbers have behind them ("km/h"), and as those that stand between two ("h").
    private static let (longestUnit, longestJoint) = (4, 2)

    /// Of the cut at `index`, which is behind white space.
    init(in scalars: [Unicode.Scalar], behindSpaceAt index: Int) {
        let left = scalars[..<index].reversed().word(afterAtMost: Self.spaces, limit: Self.longest)
        let right = scalars[index...].word(afterAtMost: Self.spaces, limit: Self.longest)
        let (isNumber, isNext) = (left.isNumeric, right.isNumeric)
        if isNumber, isNext {
            self = left.endsInDigitGroup && right.beginsWithDigitGroup ? .digitGroups : .numbers
        } else if isNumber, right.isSymbol {
            self = .digitGroups
        } else if isNumber {
            self = right.scalars.count <= Self.longestUnit ? .unit : .afterNumber
        } else if isNext, left.isSymbol {
            self = .digitGroups
        } else if isNext {
            let end = index - left.length
            let before = scalars[..<max(0, end)].reversed().word(afterAtMost: Self.spaces, limit: Self.near)
            guard left.isWhole, before.isNumeric else {
                self = .beforeNumber
                return
            }
            self = left.scalars.count <= Self.longestJoint ? .unit : .afterNumber
        } else {
            self = .words
        }
    }

    /// Of the cut at `index`, which is behind a mark.
    init(in scalars: [Unicode.Scalar], behindMarkAt index: Int) {
        let isWithin = index > 1 && index < scalars.count && scalars[index - 2].isNumeric && scalars[index].isNumeric
        self = isWithin ? .number : .mark
    }
}

/// A word beside a cut, or the part of it that was looked at, from the cut on.
private struct Neighbour {
    var scalars: [Unicode.Scalar] = []
    /// With the white space between it and the cut.
    var length = 0
    var isWhole = true

    /// A digit stands near the cut: "12", "€5", "12%", "1er".
    var isNumeric: Bool { scalars.prefix(3).contains(where: \.isNumeric) }

    /// Of a word ahead of a cut: up to three digits, as thousands are parted.
    var endsInDigitGroup: Bool { isWhole && scalars.count <= 3 && scalars.allSatisfy(\.isNumeric) }

    /// Of a word behind a cut: exactly three digits, then at most what follows a number.
    var beginsWithDigitGroup: Bool {
        scalars.count >= 3 && scalars.prefix(3).allSatisfy(\.isNumeric) && scalars.dropFirst(3).first?.isNumeric != true
    }

    var isSymbol: Bool {
        isWhole && !scalars.isEmpty && !scalars.contains { $0.properties.isAlphabetic || $0.isNumeric }
    }
}

extension Sequence<Unicode.Scalar> {
    /// The first word behind `spaces` of white space at most, up to `limit` of it.
    fileprivate func word(afterAtMost spaces: Int, limit: Int) -> Neighbour {
        var word = Neighbour()
        for scalar in self {
            if !scalar.properties.isWhitespace {
                guard word.scalars.count < limit else {
                    word.isWhole = false
                    break
                }
                word.scalars.append(scalar)
            } else if !word.scalars.isEmpty || word.length >= spaces {
                break
            }
            word.length += 1
        }
        return word
    }
}

extension Unicode.Scalar {
    /// Digits and fractions; powers such as "²" are part of a unit.
    fileprivate var isNumeric: Bool {
        switch value {
        case 0x30...0x39, 0xBC...0xBE, 0x2150...0x215F: true
        default: value > 0x2FF && properties.generalCategory == .decimalNumber
        }
    }
}
