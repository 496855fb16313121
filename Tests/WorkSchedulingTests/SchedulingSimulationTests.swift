import Testing

@testable import WorkScheduling

/// A machine that computes what the queue starts, in simulated time.
private struct Machine {
    struct Step {
        var length: Duration
        /// Whether it may be ended and repeated.
        var isRun = false
    }

    struct Work {
        let urgency: Urgency
        let arrival: Duration
        var steps: ArraySlice<Step>
        var started: Duration?
        var finished: Duration?
    }

    /// What the engine needs to end a run: the node that it is at.
    static let toEndARun = Duration.milliseconds(10)

    private var queue: PermitQueue
    private(set) var now = Duration.zero
    private(set) var works: [UInt64: Work] = [:]
    /// When the step of each ends, and whether it was done then.
    private var ends: [UInt64: (time: Duration, isDone: Bool)] = [:]
    private var arrivals: [(time: Duration, id: UInt64)] = []

    init(permits: Int) { queue = PermitQueue(PermitQueue.Rules(permits: permits)) }

    /// Windows of 5 s: a second in the encoder, then steps of the decoder.
    static func windows(_ count: Int) -> [Step] {
        let steps = [Step](repeating: Step(length: .milliseconds(8)), count: 500)
        return (0..<count).flatMap { _ in [Step(length: .seconds(1), isRun: true)] + steps }
    }

    mutating func add(_ urgency: Urgency, _ steps: [Step], at time: Duration) {
        let id = UInt64(works.count)
        works[id] = Work(urgency: urgency, arrival: time, steps: steps[...])
        arrivals.append((time, id))
    }

    mutating func run() {
        arrivals.sort { $0.time < $1.time }
        while true {
            let end = ends.min { ($0.value.time, $0.key) < ($1.value.time, $1.key) }
            if let (time, id) = arrivals.first, end.map({ time <= $0.value.time }) ?? true {
                arrivals.removeFirst()
                now = time
                act(queue.enter(id, works[id]?.urgency ?? .bulk, now: now))
            } else if let (id, end) = end {
                ends[id] = nil
                now = end.time
                if end.isDone { finishStep(of: id) }
                goOn(id)
            } else {
                return
            }
        }
    }

    private mutating func finishStep(of id: UInt64) {
        if works[id]?.steps.popFirst()?.isRun == true { queue.end(id) }
    }

    /// At a checkpoint.
    private mutating func goOn(_ id: UInt64) {
        guard works[id]?.steps.isEmpty == false else {
            works[id]?.finished = now
            return act(queue.leave(id, now: now))
        }
        let (stepsAside, actions) = queue.checkpoint(id, now: now)
        act(actions)
        if !stepsAside { beginStep(of: id) }
    }

    private mutating func beginStep(of id: UInt64) {
        guard let step = works[id]?.steps.first else { return }
        if step.isRun, !queue.begin(id, now: now) { return goOn(id) }
        ends[id] = (now + step.length, true)
    }

    private mutating func act(_ actions: [PermitQueue.Action]) {
        for action in actions {
            switch action {
            case .start(let id):
                if works[id]?.started == nil { works[id]?.started = now }
                beginStep(of: id)
            case .endRun(let id): ends[id] = (now + Self.toEndARun, false)
            }
        }
    }

    /// How long each work of `urgency` waited to begin.
    func waits(_ urgency: Urgency) -> [Duration] {
        works.values.filter { $0.urgency == urgency }.compactMap { work in work.started.map { $0 - work.arrival } }
    }

    /// When the last work of `urgency` was done; nil where one never was.
    func end(_ urgency: Urgency) -> Duration? {
        let ends = works.values.filter { $0.urgency == urgency }.map(\.finished)
        return ends.contains(nil) ? nil : ends.compactMap(\.self).max()
    }
}

/// The policy, with windows that would block for 5 s each: who waits for how long.
@Suite(.timeLimit(.minutes(1))) struct SchedulingSimulationTests {
    private let command = [Machine.Step(length: .milliseconds(250))]

    @Test(arguments: [1, 2, 4])
    func aCommandWaitsForOneCheckpointAtMostBehindAnyNumberOfFiles(permits: Int) {
        var machine = Machine(permits: permits)
        for _ in 0..<6 { machine.add(.long, Machine.windows(4), at: .zero) }
        // Seldom enough that no run is repeated more often than it may.
        for index in 0..<20 { machine.add(.interactive, command, at: .milliseconds(777 + 5003 * index)) }
        machine.run()
        let longest = machine.waits(.interactive).max() ?? .zero
        #expect(longest <= .milliseconds(20), "longest wait: \(longest)")
        #expect(machine.end(.long) != nil)
    }

    @Test(arguments: [1, 2])
    func aCommandWaitsForNoMoreThanOneRunHoweverOftenRunsAreEnded(permits: Int) {
        var machine = Machine(permits: permits)
        for _ in 0..<3 { machine.add(.long, Machine.windows(4), at: .zero) }
        for index in 0..<120 { machine.add(.interactive, command, at: .milliseconds(1000 * index)) }
        machine.run()
        let waits = machine.waits(.interactive).sorted()
        // What has been ended twice goes to its end, where there are two permits on one of them.
        let longest = permits == 1 ? Duration.seconds(1) : .milliseconds(20)
        #expect((waits.last ?? .zero) <= longest, "longest wait: \(waits.last ?? .zero)")
        #expect(waits[waits.count / 2] <= .milliseconds(20), "usual wait: \(waits[waits.count / 2])")
        #expect(machine.end(.long) != nil)
    }

    @Test func commandsThatLeaveHardlyAPauseWaitForNoMoreThanTwoRuns() {
        var machine = Machine(permits: 1)
        for _ in 0..<3 { machine.add(.long, Machine.windows(4), at: .zero) }
        for index in 0..<300 { machine.add(.interactive, command, at: .milliseconds(333 * index)) }
        machine.run()
        #expect((machine.waits(.interactive).max() ?? .zero) <= .seconds(2.5))
        #expect(machine.end(.long) != nil)
    }

    @Test(arguments: [1, 2]) func longAndBulkWorkIsNeverStarvedByCommandsWithoutAPause(
        permits: Int
    ) {
        var machine = Machine(permits: permits)
        machine.add(.long, Machine.windows(2), at: .zero)
        machine.add(.bulk, [Machine.Step](repeating: Machine.Step(length: .milliseconds(150)), count: 40), at: .zero)
        // As much as all permits can do, for ten minutes.
        for index in 0..<2400 * permits {
            machine.add(.interactive, command, at: .milliseconds(250 / permits * index))
        }
        machine.run()
        // 10 s of work in one turn in 2.5 s, and 6 s in another.
        for urgency in [Urgency.long, .bulk] {
            let end = machine.end(urgency) ?? .seconds(9999)
            #expect(end < .seconds(120), "\(urgency) work was done after \(end)")
        }
    }

    @Test func filesShareThePermitsAndBulkWorkGetsItsTurnBesideThem() {
        var machine = Machine(permits: 1)
        for _ in 0..<2 { machine.add(.long, Machine.windows(4), at: .zero) }
        machine.add(.bulk, [Machine.Step](repeating: Machine.Step(length: .milliseconds(150)), count: 40), at: .zero)
        machine.run()
        #expect((machine.waits(.bulk).max() ?? .zero) < .seconds(6))
        #expect((machine.waits(.long).max() ?? .zero) < .seconds(4))
        #expect(machine.end(.long) == .seconds(46))
    }
}
