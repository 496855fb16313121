/// Decides which connections have a place to be served, and which ones close to make room; apart from all input and output.
///
/// ```
/// new ──── request ────> busy ──── answer taken ────> resting ──── request ────> busy
///  │                      └────── the last one ──────> leaving <──── told to ─────┤
///  ├─────────────── told to, once it is old ─────────────^ └─ files run short ─> cut
///  └─ files run short, and none is leaving ─> cut
/// ```
/// A request makes any connection `busy`, even one that has already been told to leave or been cut but does not know it yet.
///
/// - A place is held while busy. A request that finds all of `limit` taken makes its connection an extra one: it reports the server's
///   health, refuses all other requests, and then ends.
/// - Up to `limit + reserve` connections stay open. Beyond that, the one out of use longest is told to leave: `resting`, or `new` for
///   longer than the grace. A client that has just connected is about to ask, and does not count as out of use.
/// - A leaving connection stays open for a while, so that its client loses nothing that was sent: up to `lingering` more may be open.
///   When all files are in use, the connection that has been leaving longest is cut, otherwise the one that has been new longest: there
///   must always be room to accept another one, which may be a health check.
struct ConnectionPlaces<ID: Hashable> {
    enum Step: Equatable {
        /// Tells the connection to leave.
        case end(ID)
        /// Closes the connection at once.
        case cut(ID)
    }

    private enum State {
        case new(since: UInt64)
        case busy(isExtra: Bool)
        case resting(since: UInt64)
        case leaving(since: UInt64)
        case cut

        func outOfUse(at time: UInt64) -> UInt64? {
            switch self {
            case .resting(let since): since
            case .new(let since) where time >= since &+ grace: since
            default: nil
            }
        }

        var leavingSince: UInt64? { if case .leaving(let since) = self { since } else { nil } }
        var newSince: UInt64? { if case .new(let since) = self { since } else { nil } }
    }

    /// In nanoseconds: how long a silent connection is still assumed to be about to ask.
    static var grace: UInt64 { 5_000_000_000 }

    private let limit: Int
    private let maxStaying: Int
    private let files: Int
    private var connections: [ID: State] = [:]
    private var places = 0
    private var leaving = 0
    private var cut = 0

    /// - Parameters:
    ///   - limit: connections that are served at the same time.
    ///   - reserve: further connections that may stay open.
    ///   - lingering: further connections that may be open while they leave.
    init(limit: Int, reserve: Int, lingering: Int) {
        self.limit = limit
        maxStaying = limit + reserve
        files = limit + reserve + lingering
    }

    /// Whether there was no place for its current request.
    func isExtra(_ id: ID) -> Bool {
        if case .busy(isExtra: true) = connections[id] { true } else { false }
    }

    mutating func open(_ id: ID, at time: UInt64) -> [Step] {
        move(id, to: .new(since: time))
        return settle(at: time, besides: id)
    }

    /// A request has come. An extra connection takes a place now if there is one.
    mutating func begin(_ id: ID, at time: UInt64) -> [Step] {
        switch connections[id] {
        case nil, .busy(isExtra: false): return []
        default: move(id, to: .busy(isExtra: places >= limit))
        }
        return settle(at: time)
    }

    /// Nobody waits for an answer or is still taking one.
    ///
    /// - Parameter isLast: whether nothing more is answered on it.
    mutating func end(_ id: ID, at time: UInt64, isLast: Bool) -> [Step] {
        switch connections[id] {
        case nil, .leaving, .cut: return []
        default: move(id, to: isLast ? .leaving(since: time) : .resting(since: time))
        }
        return settle(at: time)
    }

    mutating func close(_ id: ID) { move(id, to: nil) }

    private mutating func settle(at time: UInt64, besides newcomer: ID? = nil) -> [Step] {
        var steps: [Step] = []
        while connections.count - leaving - cut > maxStaying, let id = longest({ $0.outOfUse(at: time) }) {
            move(id, to: .leaving(since: time))
            steps.append(.end(id))
        }
        while connections.count - cut >= files,
            let id = longest(\.leavingSince) ?? longest(\.newSince, besides: newcomer)
        {
            move(id, to: .cut)
            steps.append(.cut(id))
        }
        return steps
    }

    private func longest(_ since: (State) -> UInt64?, besides other: ID? = nil) -> ID? {
        var (found, first): (ID?, UInt64) = (nil, .max)
        for (id, state) in connections where id != other {
            if let time = since(state), time < first { (found, first) = (id, time) }
        }
        return found
    }

    private mutating func move(_ id: ID, to state: State?) {
        let old = state.map { connections.updateValue($0, forKey: id) } ?? connections.removeValue(forKey: id)
        for (state, change) in [(old, -1), (state, 1)] {
            switch state {
            case .busy(isExtra: false): places += change
            case .leaving: leaving += change
            case .cut: cut += change
            default: break
            }
        }
    }
}
