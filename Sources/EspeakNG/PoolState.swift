import DequeModule

/// Which worker serves which request, and when new ones start.
///
/// A worker is *starting*, then *idle*, then alternately *busy* and idle, until it is gone; a request *waits* for an idle one. There is
/// always one worker more than are busy, so that the next request finds one even after a text has ended the worker that it was given to.
/// Workers that end too early start again with a growing delay.
///
/// Each function returns what is to be done, in this order; the state already counts it as done. Times are measured by the owner's
/// clock, from any fixed moment.
struct PoolState<Worker: Sendable, Request: Sendable, Failure: Sendable> {
    enum Action {
        case start(after: Duration)
        case serve(Request, Worker)
        case refuse(Request, Failure)
    }

    /// How many may be busy at once.
    let width: Int
    private var idle: [Worker] = []
    private var busy = 0
    private var starting = 0
    private var waiting: Deque<(id: UInt64, request: Request)> = []
    /// Workers in a row that could not start, or that a text ended.
    private var failures = 0
    /// No worker starts before this time.
    private var pause: Duration?
    /// Why the last one could not start; nil once one has started.
    private var obstacle: Failure?

    init(width: Int) { self.width = width }

    static var longestDelay: Duration { .seconds(1) }

    /// A request wants a worker.
    mutating func ask(_ request: Request, id: UInt64, at now: Duration) -> [Action] {
        // The failure that kept the last one from starting would keep this request waiting in vain.
        if let obstacle, let pause, now < pause, idle.isEmpty, busy == 0 { return [.refuse(request, obstacle)] }
        waiting.append((id, request))
        return advance(at: now)
    }

    /// The caller of a request has left. Returns the request if it was still waiting.
    mutating func leave(_ id: UInt64) -> Request? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index).request
    }

    mutating func started(_ worker: Worker, at now: Duration) -> [Action] {
        starting -= 1
        obstacle = nil
        idle.append(worker)
        return advance(at: now)
    }

    /// A worker could not start. Requests that have no other worker to wait for are refused.
    mutating func couldNotStart(_ failure: Failure, at now: Duration) -> [Action] {
        starting -= 1
        obstacle = failure
        delay(at: now)
        guard idle.isEmpty, busy == 0, starting == 0 else { return [] }
        defer { waiting.removeAll() }
        return waiting.map { .refuse($0.request, failure) }
    }

    /// A worker has answered.
    mutating func finished(_ worker: Worker, at now: Duration) -> [Action] {
        busy -= 1
        failures = 0
        pause = nil
        idle.append(worker)
        return advance(at: now)
    }

    /// A worker has ended under a request, or had to be ended.
    mutating func lost(at now: Duration) -> [Action] {
        busy -= 1
        delay(at: now)
        return advance(at: now)
    }

    /// An idle worker turned out to have ended when `request` was given to it; the request goes to another one.
    mutating func lostBefore(_ request: Request, id: UInt64, at now: Duration) -> [Action] {
        busy -= 1
        waiting.prepend((id, request))
        return advance(at: now)
    }

    /// The first failure in a row costs nothing: a text caused it, and the next text finds the spare worker.
    private mutating func delay(at now: Duration) {
        failures += 1
        let doublings = min(max(failures - 2, 0), 10)
        let delay = failures < 2 ? .zero : min(.milliseconds(20) * (1 << doublings), Self.longestDelay)
        pause = now + delay
    }

    private mutating func advance(at now: Duration) -> [Action] {
        var actions: [Action] = []
        while busy < width, !idle.isEmpty, let (_, request) = waiting.popFirst() {
            busy += 1
            actions.append(.serve(request, idle.removeLast()))
        }
        let wanted = min(waiting.count, width - busy) + 1
        while idle.count + starting < wanted {
            starting += 1
            actions.append(.start(after: pause.map { max(.zero, $0 - now) } ?? .zero))
        }
        return actions
    }
}
