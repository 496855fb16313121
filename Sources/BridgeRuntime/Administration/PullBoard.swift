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

    /// - Returns: how to leave; whether the fetch has to begin; how far it is.
    mutating func join(_ id: String, _ watcher: Watcher) -> (ticket: Int, isFirst: Bool, progress: PullProgress?) {
        let isFirst = pulls[id] == nil
        lastTicket += 1
        pulls[id, default: Pull()].watchers[lastTicket] = watcher
        return (lastTicket, isFirst, pulls[id]?.progress)
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
