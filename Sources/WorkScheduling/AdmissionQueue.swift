/// Decides who may run and who waits: a pure state machine; its owner acts on what it returns.
///
/// Each ``Urgency`` has a lane with its own places, its own bounds on the callers that prepare and wait, and its own order of arrival, so
/// that long work neither delays short work nor causes it to be refused.
///
/// States of a caller, and what leads from one to the next:
/// - preparing: it finds out how long its work is, and has its model loaded. It holds no place, and is counted in the lane
///   that it is likely to enter;
/// - preparing → waiting or running, by ``enter(_:_:now:)``;
/// - waiting → running, when somebody else ends and it is the first in its lane;
/// - running in the interactive lane → waiting or running in the long one, by ``demote(_:now:)``: the work turns out to be long, which
///   nobody could tell before;
/// - any of them → gone. A caller is refused only before it waits or runs.
///
/// Times are measured by the owner's clock, from any fixed moment.
struct AdmissionQueue {
    typealias ID = UInt64

    enum Answer: Equatable { case runs, waits, refused }

    /// What became of a caller, and who may run now because of it.
    struct Step: Equatable {
        var answer: Answer
        var next: ID?
    }

    private var lanes: [Urgency: AdmissionLane] = [:]
    /// As many callers may prepare as could run and wait in a lane: while there is room in the lane, callers that come together all get in.
    private var preparation: [Urgency: AdmissionLane] = [:]

    init(places: Int, maxQueued: Int) {
        let (places, queue) = (max(1, places), min(max(0, maxQueued), 1 << 30))
        for urgency in Urgency.allCases {
            lanes[urgency] = AdmissionLane(places: places, maxQueued: queue)
            preparation[urgency] = AdmissionLane(places: places + queue, maxQueued: 0)
        }
    }

    /// Callers with a place, in all lanes.
    var running: Int { lanes.values.reduce(0) { $0 + $1.running.count } }

    /// Callers without a place, in all lanes, whether they are preparing or waiting.
    var queued: Int { lanes.values.reduce(preparing) { $0 + $1.waiting.count } }

    /// The part of `queued` that is preparing.
    var preparing: Int { preparation.values.reduce(0) { $0 + $1.running.count } }

    /// Callers with a place in the lane of `urgency`, and those without one.
    func counts(_ urgency: Urgency) -> (running: Int, waiting: Int) {
        let lane = lanes[urgency]
        return (lane?.running.count ?? 0, (lane?.waiting.count ?? 0) + (preparation[urgency]?.running.count ?? 0))
    }

    /// Whether a newcomer would be let into the lane of `urgency`.
    func hasRoom(_ urgency: Urgency) -> Bool { lanes[urgency]?.hasRoom ?? false }

    /// Takes in a newcomer, which is preparing from now on; false when it is refused.
    ///
    /// - Parameter urgency: of the lane that it is likely to enter. Sound that seems short may turn out to be long, and vice versa.
    mutating func arrive(_ id: ID, _ urgency: Urgency, now: Duration) -> Bool {
        let possible: [Urgency] = urgency == .bulk ? [.bulk] : [.interactive, .long]
        guard possible.contains(where: hasRoom), preparation[urgency]?.hasRoom == true else { return false }
        return preparation[urgency]?.enter(id, now: now) == .runs
    }

    /// Moves a caller that prepares into the lane of `urgency`. When it is refused, it is gone.
    mutating func enter(_ id: ID, _ urgency: Urgency, now: Duration) -> Answer {
        guard endPreparation(of: id, now: now) else { return .runs }
        return hasRoom(urgency) ? lanes[urgency]?.enter(id, now: now) ?? .refused : .refused
    }

    /// Moves a caller that runs from its interactive place to the lane of long work; never refused.
    mutating func demote(_ id: ID, now: Duration) -> Step {
        guard lanes[.interactive]?.running[id] != nil else { return Step(answer: .runs) }
        let next = lanes[.interactive]?.leave(id, now: now)
        return Step(answer: lanes[.long]?.enter(id, now: now) ?? .refused, next: next)
    }

    /// Ends a caller, whether it has a place or not.
    ///
    /// - Returns: the caller that takes its place.
    mutating func leave(_ id: ID, now: Duration) -> ID? {
        _ = endPreparation(of: id, now: now)
        for urgency in lanes.keys where lanes[urgency]?.running[id] != nil {
            return lanes[urgency]?.leave(id, now: now)
        }
        return nil
    }

    /// Takes `id` off the queue; true if it was waiting.
    mutating func cancel(_ id: ID) -> Bool { Urgency.allCases.contains { lanes[$0]?.cancel(id) == true } }

    /// When a caller that is refused now is likely to be let into the lane of `urgency`.
    func retryAfter(_ urgency: Urgency, now: Duration) -> Duration {
        // Callers that prepare usually wait for a load, and many of them for the same one.
        if let lane = lanes[urgency], !lane.hasRoom { return lane.untilOneEnds(now: now) }
        return AdmissionLane.clamped(preparation[urgency]?.usualTime(now: now) ?? .zero)
    }

    /// Ends the preparation of `id`; true if it was preparing.
    private mutating func endPreparation(of id: ID, now: Duration) -> Bool {
        guard let urgency = preparation.first(where: { $0.value.running[id] != nil })?.key else { return false }
        _ = preparation[urgency]?.leave(id, now: now)
        return true
    }
}
