/// Which connections have a place, and which came when there was none; apart from all input and output.
///
/// A connection has one of `limit` places, or is an extra one, which is served once, and soon, and is told no more than how the server
/// is. When a place is needed and all are taken, the connection that has been out of use longest gives up its own, there and then: it
/// is an extra one itself from that moment on, so that it counts no more, whatever becomes of it. Where all are in use, the newcomer is
/// extra. Extra ones close when there are as many as `reserve`, first those that have been served, the oldest first: there is room to
/// accept another at any time.
struct ConnectionPlaces<ID: Hashable> {
    private struct Connection {
        var isExtra = true
        /// nil while it is in use: a request has come, and its answer has not been taken yet.
        var unusedSince: UInt64?
        /// Whether its client still sends what has been answered already, and would lose the answer if it was cut off.
        var isSending = false
        /// Whether it has had an answer.
        var isServed = false
        /// Whether it was told to close, which it has not done yet.
        var isLeaving = false

        /// The smallest makes room first; nil for one that makes none.
        var rank: (Int, UInt64)? {
            guard !isLeaving, let unusedSince else { return nil }
            // An extra one that has just come may be a health check.
            let isLast = isExtra ? !isServed : isSending
            return (isLast ? 1 : 0, unusedSince)
        }
    }

    private let limit: Int
    private let reserve: Int
    private var connections: [ID: Connection] = [:]
    private var placed = 0

    /// - Parameters:
    ///   - limit: connections that are served at the same time.
    ///   - reserve: connections that may be open beyond those.
    init(limit: Int, reserve: Int) {
        self.limit = limit
        self.reserve = reserve
    }

    func isExtra(_ id: ID) -> Bool { connections[id]?.isExtra ?? false }

    /// - Returns: the connections that have to close for this one.
    mutating func open(_ id: ID, at time: UInt64) -> [ID] {
        connections[id] = Connection(unusedSince: time)
        guard placed >= limit else {
            _ = takePlace(id)
            return []
        }
        return [takePlace(id), boundExtras(besides: id)].compactMap(\.self)
    }

    /// A request has come. An extra connection takes a place now if it can.
    ///
    /// - Returns: the connection that has to close for this one.
    mutating func begin(_ id: ID) -> ID? {
        guard let isExtra = connections[id]?.isExtra else { return nil }
        connections[id] = Connection(isExtra: isExtra)
        return isExtra ? takePlace(id) : nil
    }

    /// Nobody waits for an answer, or is still taking one.
    ///
    /// - Parameter isSending: whether the client still sends what has been answered.
    /// - Returns: the connection that has to close for the next one, if none could when the last one came.
    mutating func end(_ id: ID, at time: UInt64, isSending: Bool) -> ID? {
        guard let isExtra = connections[id]?.isExtra else { return nil }
        connections[id] = Connection(isExtra: isExtra, unusedSince: time, isSending: isSending, isServed: true)
        return isExtra ? boundExtras() : nil
    }

    mutating func close(_ id: ID) {
        if connections.removeValue(forKey: id)?.isExtra == false { placed -= 1 }
    }

    /// - Returns: the connection whose place it took.
    private mutating func takePlace(_ id: ID) -> ID? {
        guard placed >= limit else {
            placed += 1
            connections[id]?.isExtra = false
            return nil
        }
        guard let giver = longestUnused(where: { !$0.isExtra }) else { return nil }
        connections[id]?.isExtra = false
        connections[giver]?.isExtra = true
        leave(giver)
        return giver
    }

    private mutating func boundExtras(besides newcomer: ID? = nil) -> ID? {
        let staying = connections.values.count { $0.isExtra && !$0.isLeaving }
        guard staying >= reserve, let oldest = longestUnused(besides: newcomer, where: \.isExtra) else { return nil }
        leave(oldest)
        return oldest
    }

    /// Whose client is still sending has a little time to end that, and is told again when even that room is needed.
    private mutating func leave(_ id: ID) {
        guard var connection = connections[id] else { return }
        (connection.isLeaving, connection.isSending) = (!connection.isSending, false)
        connections[id] = connection
    }

    private func longestUnused(besides other: ID? = nil, where isOfKind: (Connection) -> Bool) -> ID? {
        var (found, lowest): (ID?, (Int, UInt64)?) = (nil, nil)
        for (id, connection) in connections where id != other && isOfKind(connection) {
            guard let rank = connection.rank else { continue }
            if lowest.map({ rank < $0 }) ?? true { (found, lowest) = (id, rank) }
        }
        return found
    }
}
