/// What a cut between two words, or after a mark within a word, separates; better seams separate less.
enum Seam: Int, CaseIterable, Comparable {
    case words
    /// "de | 12".
    case beforeNumber
    /// "678 | euros", "juillet | 1789".
    case afterNumber
    /// After a mark within a word, or a full stop that may belong to an abbreviation: a cut there changes the sound.
    case mark
    /// Between a number and a unit or the like: "12 | km/h", "10 | h 30".
    case unit
    /// Between two numbers, in a row of them: "15,0 | 11,4".
    case numbers
    /// Within a number written with spaces, which would become two: "12 | 345", "3 | / 4".
    case digitGroups
    /// After a mark within a number: "10,|3", "06-12-|34", "08:|05".
    case number

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension Seam {
    /// Nothing farther from the cut is examined, so that finding seams stays linear.
    private static let (spaces, longest, near) = (4, 10, 3)
    /// The longest unit after a number ("km/h"), and the longest between two numbers ("h").
    private static let (longestUnit, longestJoint) = (4, 2)

    /// The seam at `index`, which is after white space.
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

    /// The seam at `index`, which is after a mark.
    init(in scalars: [Unicode.Scalar], behindMarkAt index: Int) {
        let isWithin = index > 1 && index < scalars.count && scalars[index - 2].isNumeric && scalars[index].isNumeric
        self = isWithin ? .number : .mark
    }
}

/// A word beside a cut, or the examined part of it, from the cut on.
private struct Neighbour {
    var scalars: [Unicode.Scalar] = []
    /// Including the white space between it and the cut.
    var length = 0
    var isWhole = true

    /// Whether a digit is near the cut: "12", "€5", "12%", "1er".
    var isNumeric: Bool { scalars.prefix(3).contains(where: \.isNumeric) }

    /// For a word before a cut: up to three digits, as thousands are grouped.
    var endsInDigitGroup: Bool { isWhole && scalars.count <= 3 && scalars.allSatisfy(\.isNumeric) }

    /// For a word after a cut: exactly three digits, then at most what follows a number.
    var beginsWithDigitGroup: Bool {
        scalars.count >= 3 && scalars.prefix(3).allSatisfy(\.isNumeric) && scalars.dropFirst(3).first?.isNumeric != true
    }

    var isSymbol: Bool {
        isWhole && !scalars.isEmpty && !scalars.contains { $0.properties.isAlphabetic || $0.isNumeric }
    }
}

extension Sequence<Unicode.Scalar> {
    /// The first word after at most `spaces` of white space, up to `limit` of it.
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
