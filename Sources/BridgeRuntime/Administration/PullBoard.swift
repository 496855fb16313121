import ModelStore

/// Which models are being fetched, and who watches: a pure state machine. One fetch of a model serves all its watchers, goes on without them,
/// and begins with the first.
struct PullBoard<Watcher> {
    private struct Pull {
        var progress: PullProgress?
        var watchers: [Int: Watcher] = [:]
    }

    private var pulls: [String: Pull] = [:]
    private var lastTicket = 0

    /// The models being fetched.
    var ids: Set<String> { Set(pulls.keys) }

    /// What a watcher that joins has to know.
    struct Place {
        /// How to leave.
        var ticket: Int
        /// Whether the fetch has to begin.
        var isFirst: Bool
        /// How far it is.
        var progress: PullProgress?
        /// Other models being fetched, or waiting for that.
        var others: Int
    }

    /// - Returns: nil where the watcher would be the first, and there are as many models as there may be.
    mutating func join(_ id: String, _ watcher: Watcher, capacity: Int = .max) -> Place? {
        let isFirst = pulls[id] == nil
        guard !isFirst || pulls.count < capacity else { return nil }
        lastTicket += 1
        pulls[id, default: Pull()].watchers[lastTicket] = watcher
        return Place(ticket: lastTicket, isFirst: isFirst, progress: pulls[id]?.progress, others: pulls.count - 1)
    }

    /// The fetch goes on. Does nothing once it has ended.
    mutating func leave(_ id: String, ticket: Int) { pulls[id]?.watchers[ticket] = nil }

    /// - Returns: whom to tell.
    mutating func note(_ progress: PullProgress, of id: String) -> [Watcher] {
        pulls[id]?.progress = progress
        return pulls[id].map { Array($0.watchers.values) } ?? []
    }

    /// - Returns: whom to tell that the fetch has ended.
    mutating func end(_ id: String) -> [Watcher] {
        pulls.removeValue(forKey: id).map { Array($0.watchers.values) } ?? []
    }
}
