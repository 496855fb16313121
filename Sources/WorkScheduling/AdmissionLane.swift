import DequeModule

/// The places of one lane, the callers that wait for them, and how long a place is usually kept.
struct AdmissionLane {
    typealias ID = AdmissionQueue.ID

    let places: Int
    let maxQueued: Int
    /// When each caller got its place.
    private(set) var running: [ID: Duration] = [:]
    /// In order of arrival; nobody waits while a place is free.
    private(set) var waiting: Deque<ID> = []
    /// How long places were kept, weighted towards the latest; nil before the first was given up.
    private var average: Duration?

    init(places: Int, maxQueued: Int) {
        self.places = places
        self.maxQueued = maxQueued
    }

    /// A free place is never refused, not even without a queue.
    var hasRoom: Bool { running.count < places || waiting.count < maxQueued }

    mutating func enter(_ id: ID, now: Duration) -> AdmissionQueue.Answer {
        guard running.count < places else {
            waiting.append(id)
            return .waits
        }
        running[id] = now
        return .runs
    }

    /// Frees the place of `id`, if it has one here.
    ///
    /// - Returns: the caller that takes it.
    mutating func leave(_ id: ID, now: Duration) -> ID? {
        guard let start = running.removeValue(forKey: id) else { return nil }
        average = average.map { ($0 * 3 + (now - start)) / 4 } ?? now - start
        guard !waiting.isEmpty else { return nil }
        let next = waiting.removeFirst()
        running[next] = now
        return next
    }

    mutating func cancel(_ id: ID) -> Bool {
        guard let index = waiting.firstIndex(of: id) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// How long a place is usually kept; callers that hold one now may already have kept it longer.
    func usualTime(now: Duration) -> Duration {
        max(average ?? .zero, running.values.map { now - $0 }.max() ?? .zero)
    }

    /// When the next place is likely to be given up, which makes room for one more to wait.
    func untilOneEnds(now: Duration) -> Duration { Self.clamped(usualTime(now: now) / places) }

    /// Whole seconds are what a client is told. Nobody is sent away for more than five minutes.
    static func clamped(_ time: Duration) -> Duration { min(max(time, .seconds(1)), .seconds(300)) }
}
