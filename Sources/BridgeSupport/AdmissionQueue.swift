/// Who may run and who waits: a pure state machine; its owner acts on what it returns.
///
/// There are two lanes, each with as many places, bounds on those who prepare and who wait, and an order of arrival of its
/// own, so that long work never keeps short work waiting, and never makes it be refused.
///
/// States of a caller, and what leads from one to the next:
/// - preparing: it finds out how long its work is, and has its model loaded. It holds no place, and is counted in the lane
///   that it is likely to enter;
/// - preparing → waiting or running, by ``enter(_:_:now:)``;
/// - waiting → running, when somebody else ends and it is the first in its lane;
/// - running in the ordinary lane → waiting or running in the long one, by ``passIntoLongLane(_:now:)``: work whose length
///   nobody could tell turns out to be long;
/// - gone: from any of them. It is refused only before it waits or runs.
///
/// Times are those of the owner's clock, since any one moment.
struct AdmissionQueue {
    typealias ID = UInt64
    typealias Lane = AdmissionLimiter.Lane

    enum Answer: Equatable { case runs, waits, refused }

    /// What became of a caller, and who may run now because of it.
    struct Step: Equatable {
        var answer: Answer
        var next: ID?
    }

    private var ordinary: AdmissionLane
    private var long: AdmissionLane
    /// As many as could run and wait in a lane: with room there, none of those who come together is refused here.
    private var preparation: [Lane: AdmissionLane]

    init(places: Int, maxQueued: Int) {
        let (places, queue) = (max(1, places), min(max(0, maxQueued), 1 << 30))
        let lane = AdmissionLane(places: places, maxQueued: queue)
        (ordinary, long) = (lane, lane)
        let preparing = AdmissionLane(places: places + queue, maxQueued: 0)
        preparation = [.ordinary: preparing, .long: preparing]
    }

    /// Callers with a place, in both lanes.
    var running: Int { ordinary.running.count + long.running.count }

    /// Callers without one: those who prepare, and those who wait in both lanes.
    var queued: Int { counts(in: .ordinary).waiting + counts(in: .long).waiting }

    /// Those of `queued` that prepare.
    var preparing: Int { preparation.values.reduce(0) { $0 + $1.running.count } }

    /// Callers with a place in `lane`, and those without one.
    func counts(in lane: Lane) -> (running: Int, waiting: Int) {
        (self[lane].running.count, self[lane].waiting.count + (preparation[lane]?.running.count ?? 0))
    }

    /// Whether a newcomer would be let into `lane`.
    func hasRoom(in lane: Lane) -> Bool { self[lane].hasRoom }

    /// Takes a newcomer in, who prepares from now on; false where that is refused.
    ///
    /// - Parameter lane: that it is likely to enter.
    mutating func arrive(_ id: ID, _ lane: Lane, now: Duration) -> Bool {
        guard ordinary.hasRoom || long.hasRoom, preparation[lane]?.hasRoom == true else { return false }
        return preparation[lane]?.enter(id, now: now) == .runs
    }

    /// Moves a caller that prepares into `lane`. When it is refused, it is gone.
    mutating func enter(_ id: ID, _ lane: Lane, now: Duration) -> Answer {
        guard endPreparation(of: id, now: now) else { return .runs }
        return self[lane].hasRoom ? self[lane].enter(id, now: now) : .refused
    }

    /// Moves a caller that runs from its ordinary place to the lane of long work; never refused.
    mutating func passIntoLongLane(_ id: ID, now: Duration) -> Step {
        guard ordinary.running[id] != nil else { return Step(answer: .runs) }
        let next = ordinary.leave(id, now: now)
        return Step(answer: long.enter(id, now: now), next: next)
    }

    /// Ends a caller, whether it has a place or not.
    ///
    /// - Returns: who takes its place.
    mutating func leave(_ id: ID, now: Duration) -> ID? {
        _ = endPreparation(of: id, now: now)
        return ordinary.leave(id, now: now) ?? long.leave(id, now: now)
    }

    /// Whether `id` was waiting; it no longer is.
    mutating func cancel(_ id: ID) -> Bool { ordinary.cancel(id) || long.cancel(id) }

    /// When one who is refused now is likely to be let into `lane`.
    func retryAfter(_ lane: Lane, now: Duration) -> Duration {
        // Whoever prepares waits for a load as a rule, and many for the same.
        guard self[lane].hasRoom else { return self[lane].untilOneEnds(now: now) }
        return AdmissionLane.clamped(preparation[lane]?.usualTime(now: now) ?? .zero)
    }

    /// Whether `id` was preparing.
    private mutating func endPreparation(of id: ID, now: Duration) -> Bool {
        guard let lane = preparation.first(where: { $0.value.running[id] != nil })?.key else { return false }
        _ = preparation[lane]?.leave(id, now: now)
        return true
    }

    private subscript(lane: Lane) -> AdmissionLane {
        get { lane == .long ? long : ordinary }
        set { if lane == .long { long = newValue } else { ordinary = newValue } }
    }
}
