/// Decides who may compute: a pure state machine; its owner acts on what it returns. Times are measured by the owner's clock, from any
/// fixed moment.
///
/// States of a piece of work, and what leads from one to the next:
/// - waiting → running, when there is a permit for it; checked at each transition of any piece of work;
/// - running → waiting, by ``checkpoint(_:now:)``, when it stands in the way of more urgent work;
/// - running → in a run that may be ended, by ``begin(_:now:)``; back by ``end(_:)``, or when the run is ended for more urgent work;
/// - any of them → gone, by ``leave(_:now:)`` or ``cancel(_:now:)``.
///
/// Who goes first:
/// - Never more run than there are permits. Interactive work goes in order of arrival, and never steps aside.
/// - While interactive work waits or runs, other work neither begins nor goes on past a checkpoint: side by side, each would have half
///   of the cores.
/// - A run of the engine that cannot step aside is ended and repeated later, at most `repeats` times; then it goes to its end, though not
///   beside another one that does, nor beside one whose turn it is.
/// - Ageing: where interactive work was there without a pause for `patience`, the work that has waited longest gets the next permit, if it
///   has waited as long, and goes on for a `turn`, or to the end of a run that began in it, whatever comes; where it ends early, the next
///   goes on. A new turn is due after `patience` again, so that such work keeps one permit at most, for a fifth of the time.
/// - Without interactive work, long work goes before bulk work, each in order of arrival, and what has waited for `patience` gets the
///   permit of one that runs at its next checkpoint.
struct PermitQueue {
    typealias ID = UInt64

    enum Action: Equatable {
        /// This one has a permit now.
        case start(ID)
        /// The run of this one is to be ended; it steps aside then.
        case endRun(ID)
    }

    struct Rules {
        /// How many may work at the same time.
        var permits = 2
        /// How many pieces of work that is not interactive may be running or halfway: each keeps a thread.
        var bodies = 16
        var patience = Duration.seconds(2)
        var turn = Duration.milliseconds(500)
        var repeats = 2
    }

    struct Entry {
        let id: ID
        let urgency: Urgency
        /// When it last began to wait.
        var since: Duration
        /// Whether it has begun and was interrupted.
        var hasBegun = false
        /// Whether it was started before interactive work, and goes on whatever comes.
        var hasTurn = false
        /// Whether it is in a run that may be ended.
        var isEndable = false
        /// How often that run has been ended.
        var endings = 0
    }

    private let rules: Rules
    /// In the order in which they began to wait.
    private(set) var waiting: [Entry] = []
    private(set) var running: [ID: Entry] = [:]
    /// Since when there has been interactive work; nil when there is none.
    private var pressedSince: Duration?
    /// When the turn of the work that had waited ends, or ended; a run may outlast it.
    private(set) var turnEnds: Duration?

    init(_ rules: Rules) {
        var rules = rules
        (rules.permits, rules.bodies) = (max(1, rules.permits), max(1, rules.bodies))
        self.rules = rules
    }

    /// Takes in new work, which waits.
    mutating func enter(_ id: ID, _ urgency: Urgency, now: Duration) -> [Action] {
        waiting.append(Entry(id: id, urgency: urgency, since: now))
        return settle(now)
    }

    /// Ends work that runs, or that is gone already.
    mutating func leave(_ id: ID, now: Duration) -> [Action] {
        if running.removeValue(forKey: id)?.hasTurn == true { endTurn(now) }
        return settle(now)
    }

    /// Ends work that waits, new or halfway; nil where it does not.
    mutating func cancel(_ id: ID, now: Duration) -> [Action]? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        waiting.remove(at: index)
        return settle(now)
    }

    /// Lets `id` step aside if it stands in the way: it waits then, unless it is started again at once.
    mutating func checkpoint(_ id: ID, now: Duration) -> (stepsAside: Bool, actions: [Action]) {
        let stepsAside = isInTheWay(id, now)
        if stepsAside, var entry = running.removeValue(forKey: id) {
            if entry.hasTurn { endTurn(now) }
            (entry.since, entry.hasTurn, entry.isEndable) = (now, false, false)
            waiting.append(entry)
        }
        forgetTurn(of: id, now)
        return (stepsAside, settle(now))
    }

    /// Begins a run of the engine that may be ended and repeated. False where `id` is to step aside first: for interactive work only, as what
    /// gets a permit because it has waited long, and gives it up for what has waited as long, would never begin.
    mutating func begin(_ id: ID, now: Duration) -> Bool {
        guard !isBeforeInteractive(id, now) else { return false }
        forgetTurn(of: id, now)
        running[id]?.isEndable = true
        return true
    }

    /// The run of `id` came to its own end.
    mutating func end(_ id: ID) {
        running[id]?.isEndable = false
        running[id]?.endings = 0
    }

    private var hasInteractive: Bool {
        running.values.contains { $0.urgency == .interactive } || waiting.contains { $0.urgency == .interactive }
    }

    private func isAged(_ entry: Entry, _ now: Duration) -> Bool { now - entry.since >= rules.patience }

    private func isInTurn(_ entry: Entry, _ now: Duration) -> Bool { entry.hasTurn && turnIsOpen(now) }

    private func turnIsOpen(_ now: Duration) -> Bool { turnEnds.map { now < $0 } ?? false }

    /// Whether a new turn may begin.
    private func turnIsDue(_ now: Duration) -> Bool {
        guard let pressedSince else { return false }
        return now - max(pressedSince, turnEnds ?? pressedSince) >= rules.patience
    }

    /// Work that went on past its turn because nothing else wanted the permit has no further claim to it.
    private mutating func forgetTurn(of id: ID, _ now: Duration) {
        if !turnIsOpen(now) { running[id]?.hasTurn = false }
    }

    private mutating func endTurn(_ now: Duration) { turnEnds = turnEnds.map { max($0, now) } }

    private func isInTheWay(_ id: ID, _ now: Duration) -> Bool {
        guard !isBeforeInteractive(id, now) else { return true }
        // What has no thread could not begin in its place: to step aside for that would leave everybody asking, and nobody working.
        return running[id].map { $0.urgency != .interactive } == true && !hasInteractive
            && running.count >= rules.permits && waiting.contains { isAged($0, now) && hasThread($0) }
    }

    private func isBeforeInteractive(_ id: ID, _ now: Duration) -> Bool {
        guard hasInteractive, let entry = running[id] else { return false }
        return entry.urgency != .interactive && !isInTurn(entry, now)
    }

    /// Starts all work that may run, and ends the runs that stand in the way.
    private mutating func settle(_ now: Duration) -> [Action] {
        pressedSince = hasInteractive ? pressedSince ?? now : nil
        var actions: [Action] = []
        while let index = next(now) {
            var entry = waiting.remove(at: index)
            if entry.urgency != .interactive, hasInteractive {
                if !turnIsOpen(now) { turnEnds = now + rules.turn }
                entry.hasTurn = true
            }
            entry.hasBegun = true
            running[entry.id] = entry
            actions.append(.start(entry.id))
        }
        return actions + (hasInteractive ? endRuns() : [])
    }

    /// Ends the runs that stand in the way, except one that was ended often enough: a second such run would keep the last of two permits.
    private mutating func endRuns() -> [Action] {
        let endable = running.values.filter { $0.urgency != .interactive && $0.isEndable && !$0.hasTurn }
            .sorted { $0.id < $1.id }
        let isTurnTaken = running.values.contains { $0.hasTurn }
        let spared = isTurnTaken ? nil : endable.first { $0.endings >= rules.repeats }?.id
        let ended = endable.map(\.id).filter { $0 != spared }
        for id in ended {
            running[id]?.isEndable = false
            running[id]?.endings += 1
        }
        return ended.map { .endRun($0) }
    }

    private func next(_ now: Duration) -> Int? {
        guard running.count < rules.permits, !waiting.isEmpty else { return nil }
        if let patient = nextInTurn(now) { return patient }
        if let first = waiting.firstIndex(where: { $0.urgency == .interactive }) { return first }
        guard !hasInteractive else { return nil }
        return waiting.indices.filter { hasThread(waiting[$0]) }.min {
            (waiting[$0].urgency.rawValue, $0) < (waiting[$1].urgency.rawValue, $1)
        }
    }

    /// The work that goes before all other, because it has waited long enough or because its turn is not over.
    private func nextInTurn(_ now: Duration) -> Int? {
        let isTaken = running.values.contains { $0.hasTurn }
        let goesOn = hasInteractive && turnIsOpen(now)
        guard !hasInteractive || !isTaken && (goesOn || turnIsDue(now)) else { return nil }
        return waiting.firstIndex { $0.urgency != .interactive && (goesOn || isAged($0, now)) && hasThread($0) }
    }

    private func hasThread(_ entry: Entry) -> Bool {
        guard !entry.hasBegun else { return true }
        let others = (waiting + running.values).filter { $0.urgency != .interactive && $0.hasBegun }
        return others.count < rules.bodies
    }
}
