/// The newest place for each kind of cut of a clause.
struct CutPlaces<Position> {
    private var newest: [(index: Int, position: Position)?] = Array(repeating: nil, count: Seam.allCases.count)

    mutating func add(_ position: Position, at index: Int, _ seam: Seam) { newest[seam.rawValue] = (index, position) }

    /// Forgets all places up to `index`.
    mutating func removeAll(through index: Int) {
        for seam in newest.indices where newest[seam].map({ $0.index <= index }) ?? false { newest[seam] = nil }
    }

    /// The best place after `half`; otherwise, before a number is torn apart, one after `start`.
    func best(behind start: Int, preferably half: Int) -> Position? {
        for bound in [half, start] {
            for place in newest.prefix(Seam.digitGroups.rawValue).compactMap(\.self) where place.index > bound {
                return place.position
            }
        }
        // Only these: the space in a number is better than a mark in one, however much newer that is.
        return newest[Seam.digitGroups.rawValue...].lazy.compactMap(\.self).first { $0.index > start }?.position
    }
}
