/// Which models are in memory, are being loaded, or could not be loaded: a pure state machine; its owner acts on what it
/// returns.
///
/// States of a model, and what leads from one to the next:
/// - absent → loading: somebody asks for it;
/// - loading → loaded, or failed: the load ends, whether anybody still waits for it or not;
/// - loaded → absent: it was used the longest ago when there are more than `capacity`, or it is unloaded;
/// - failed → loading: somebody asks for it when it is time to try again, or when its files have changed.
///
/// There is never more than one load of a model. After the first failure the next try waits for a second, and twice as long
/// after each failure that follows, up to five minutes. Times are those of the owner's clock, since any one moment.
struct ModelStates {
    /// What whoever asks for a model does.
    enum Answer: Equatable {
        /// Uses it.
        case uses
        /// Waits for the load that runs.
        case joins
        /// Begins the load.
        case loads
        /// Takes the error of the last load for an answer.
        case fails
    }

    struct Failure {
        var error: any Error
        /// Tries that failed, one after the other.
        var count: Int
        var nextTry: Duration
        /// What the files were when the load began.
        var files: String?
        /// Grows from failure to failure.
        var order: UInt64
    }

    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(300)

    private let capacity: Int
    private var steps: UInt64 = 0
    /// Models in memory, and when each was used last.
    private var lastUses: [String: UInt64] = [:]
    private var loading: Set<String> = []
    /// Also of models whose next load runs already.
    private var failures: [String: Failure] = [:]

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var loaded: [String] { lastUses.keys.sorted() }
    func isLoaded(_ id: String) -> Bool { lastUses[id] != nil }
    func isLoading(_ id: String) -> Bool { loading.contains(id) }
    func failure(of id: String) -> Failure? { failures[id] }
    var newestFailure: Failure? { failures.values.max { $0.order < $1.order } }

    /// - Parameter files: tells whether the model's files are those of an earlier load; looked at after a failure only.
    mutating func ask(_ id: String, files: String?, now: Duration) -> Answer {
        if lastUses[id] != nil {
            lastUses[id] = step()
            return .uses
        }
        if loading.contains(id) { return .joins }
        if let failure = failures[id], now < failure.nextTry, failure.files == files { return .fails }
        loading.insert(id)
        return .loads
    }

    /// - Returns: the models to let go of.
    mutating func finishLoad(of id: String) -> [String] {
        loading.remove(id)
        failures[id] = nil
        lastUses[id] = step()
        var evicted: [String] = []
        while lastUses.count > capacity, let oldest = lastUses.min(by: { $0.value < $1.value }) {
            lastUses[oldest.key] = nil
            evicted.append(oldest.key)
        }
        return evicted
    }

    /// - Parameter error: nil for a failure that says nothing of the model, and puts nothing off.
    mutating func failLoad(of id: String, _ error: (any Error)?, files: String?, now: Duration) {
        loading.remove(id)
        guard let error else { return }
        let earlier = failures[id].flatMap { $0.files == files ? $0.count : nil } ?? 0
        // Nine doublings are past the longest pause.
        let pause = min(Self.longestPause, Self.firstPause * (1 << min(earlier, 9)))
        failures[id] = Failure(error: error, count: earlier + 1, nextTry: now + pause, files: files, order: step())
    }

    mutating func unload(_ id: String) { lastUses[id] = nil }

    private mutating func step() -> UInt64 {
        steps += 1
        return steps
    }
}
