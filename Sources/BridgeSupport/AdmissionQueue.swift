/// Who may run and who waits: a pure state machine; its owner acts on what it returns.
///
/// There are two lanes, each with as many places and an order of arrival of its own. Everybody comes into the ordinary one; who
/// turns out to be long passes into the other, so that long work never keeps the ordinary places from those who come.
///
/// States of a caller: waiting → ordinary → (waiting for a long place →) long → gone. One may go from any of them, and is
/// refused only before the first.
struct AdmissionQueue {
    typealias ID = UInt64

    enum Answer: Equatable { case runs, waits, refused }

    /// What became of a caller, and who may run now because of it.
    struct Step: Equatable {
        var answer: Answer
        var next: ID?
    }

    private struct Lane {
        let places: Int
        var running: Set<ID> = []
        /// In order of arrival; nobody waits while a place is free.
        var waiting: [ID] = []

        mutating func enter(_ id: ID) -> Answer {
            guard running.count < places else {
                waiting.append(id)
                return .waits
            }
            running.insert(id)
            return .runs
        }

        /// Frees the place of `id`, if it has one here.
        ///
        /// - Returns: who takes it.
        mutating func leave(_ id: ID) -> ID? {
            guard running.remove(id) != nil, !waiting.isEmpty else { return nil }
            let next = waiting.removeFirst()
            running.insert(next)
            return next
        }

        mutating func cancel(_ id: ID) -> Bool {
            guard let index = waiting.firstIndex(of: id) else { return false }
            waiting.remove(at: index)
            return true
        }
    }

    private let maxQueued: Int
    private var ordinary: Lane
    private var long: Lane

    init(places: Int, maxQueued: Int) {
        (ordinary, long) = (Lane(places: max(1, places)), Lane(places: max(1, places)))
        self.maxQueued = max(0, maxQueued)
    }

    /// Callers with a place, in both lanes.
    var running: Int { ordinary.running.count + long.running.count }

    /// Callers without one, in both lanes.
    var queued: Int { ordinary.waiting.count + long.waiting.count }

    /// Takes a newcomer in.
    mutating func arrive(_ id: ID) -> Step {
        let isFree = ordinary.running.count < ordinary.places
        // Who waits for a long place has begun, and costs more than a newcomer: it counts, even where a place is free. With
        // nobody waiting at all, a free place is never refused.
        guard queued < (isFree ? max(1, maxQueued) : maxQueued) else { return Step(answer: .refused) }
        return Step(answer: ordinary.enter(id))
    }

    /// Moves a caller that runs from its ordinary place to the lane of long work; never refused.
    mutating func passIntoLongLane(_ id: ID) -> Step {
        guard ordinary.running.contains(id) else { return Step(answer: .runs) }
        let next = ordinary.leave(id)
        return Step(answer: long.enter(id), next: next)
    }

    /// Ends a caller, whether it has a place or not.
    ///
    /// - Returns: who takes its place.
    mutating func leave(_ id: ID) -> ID? { ordinary.leave(id) ?? long.leave(id) }

    /// Whether `id` was waiting; it no longer is.
    mutating func cancel(_ id: ID) -> Bool { ordinary.cancel(id) || long.cancel(id) }
}
