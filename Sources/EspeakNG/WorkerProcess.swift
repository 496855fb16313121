import BridgeSupport
import EspeakProtocol
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A running jarvis-espeak. It ends when this object goes away, and whenever this process ends, however that happens.
final class WorkerProcess: Sendable {
    /// The worker is of no more use: it has ended, or had to be ended.
    struct Lost: Error {
        /// For the log.
        var reason: String
        /// Whether it ended by itself, rather than because it had to be ended here.
        var hasGone = false
        /// Whether it was silent for too long. No text causes that: a text may compute for a shorter time only.
        var isSilent = false
        /// Whether this says nothing about its input or the program: it was silent, or somebody else ended it.
        var isNobodysFault = false
    }

    /// The worker refused the request.
    struct Refusal: Error {
        var failure: Frame.Failure
        /// For the log.
        var words: String
    }

    /// What the worker said about itself when it started.
    struct Hello: Sendable {
        var sampleRate: Int
        var version: String
        var dataDirectory: String
    }

    let processID: pid_t
    let hello: Hello
    private let socket: Mutex<FrameSocket>
    private let hasBeenEnded = Mutex(false)
    private let patience: Duration
    private let clock: any Clock<Duration>

    /// The time that a worker has to start.
    private static let patienceAtStart: Duration = .seconds(30)
    /// The time that a working worker may be silent: half as long again as the longest time that a text may compute.
    static let usualPatience: Duration = .seconds(15)
    /// The time that a cancelled worker has to stop.
    private static let patienceAfterCancellation: Duration = .milliseconds(500)
    /// The interval at which a silent worker is checked for having been stopped by a signal.
    private static let lookPause: Duration = .seconds(1)
    /// The interval at which a caller is checked for having left, in milliseconds.
    private static let tick: Int32 = 20

    /// Starts the program at `path`; blocks until it is ready.
    ///
    /// - Parameters:
    ///   - patience: how long it may be silent while it works.
    ///   - clock: measures that.
    /// - Throws: ``SpawnFailure``, ``Refusal``, ``Lost``.
    init(
        path: String, dataDirectory: String?, environment: [String], patience: Duration, clock: any Clock<Duration>
    ) throws {
        (self.patience, self.clock) = (patience, clock)
        var processID: pid_t = 0
        var socket = try Self.spawn(
            path, arguments: dataDirectory.map { [$0] } ?? [], environment: environment, processID: &processID)
        self.processID = processID
        do {
            hello = try Self.greeting(on: &socket)
        } catch {
            let end = Self.end(processID)
            throw error is Refusal ? error : Self.lost(error, end)
        }
        self.socket = Mutex(socket)
    }

    deinit { end() }

    /// Ends it, once.
    @discardableResult private func end() -> End {
        hasBeenEnded.withLock { ended in
            if ended { return .unknown }
            ended = true
            return Self.end(processID)
        }
    }

    /// Whether it has ended while it had nothing to do.
    var hasEnded: Bool { socket.withLock { $0.isClosed } }

    /// Sends `request` and takes the whole answer; blocks.
    ///
    /// - Parameters:
    ///   - isCancelled: called many times a second; the worker is told to stop when it returns true.
    ///   - take: gets each frame of the answer. If it throws, the worker is of no more use.
    /// - Throws: ``Refusal``, ``Lost``, `CancellationError`.
    func exchange(
        _ request: FrameWriter, isCancelled: () -> Bool, take: (Frame) throws -> Void = { _ in throw MalformedFrame() }
    ) throws {
        do {
            try socket.withLock { try exchange(request, on: &$0, isCancelled: isCancelled, take: take) }
        } catch let error as Refusal {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Self.lost(error, end())
        }
    }

    private static func lost(_ error: any Error, _ end: End) -> Lost {
        var lost = error as? Lost ?? Lost(reason: "\(error)")
        lost.reason += "; \(end)"
        lost.isNobodysFault = lost.isSilent || lost.hasGone && end.isFromOutside
        return lost
    }

    private func exchange(
        _ request: FrameWriter, on socket: inout FrameSocket, isCancelled: () -> Bool, take: (Frame) throws -> Void
    ) throws {
        guard socket.send(request.bytes, within: Int32(patience.milliseconds)) else {
            throw Lost(reason: "it took no request", hasGone: socket.isClosed, isSilent: !socket.isClosed)
        }
        let answered = try answer(on: &socket, within: patience, until: isCancelled, take)
        guard !answered else { return }
        var cancellation = FrameWriter()
        cancellation.frame(.cancel)
        guard socket.send(cancellation.bytes, within: Self.tick),
            try answer(on: &socket, within: Self.patienceAfterCancellation, until: { false }, { _ in })
        else { throw Lost(reason: "it did not leave off") }
        throw CancellationError()
    }

    /// Takes the frames of an answer. False if `isCancelled` returned true before its end.
    private func answer(
        on socket: inout FrameSocket, within patience: Duration, until isCancelled: () -> Bool,
        _ take: (Frame) throws -> Void
    ) throws -> Bool {
        let elapsed = clock.stopwatch()
        var (deadline, look) = (patience, Self.lookPause)
        while !isCancelled() {
            switch try socket.receive(within: Self.tick) {
            case .closed: throw Lost(reason: "it ended", hasGone: true)
            case .nothing:
                let now = elapsed()
                if now > deadline { throw Lost(reason: "it took too long", isSilent: true) }
                guard now > look else { continue }
                if isStopped { throw Lost(reason: "it was stopped", isSilent: true) }
                look = now + Self.lookPause
            case .frame(let frame):
                switch frame.kind {
                case .done: return true
                case .failed: throw try Refusal(frame)
                default: try take(frame)
                }
                deadline = elapsed() + patience
            }
        }
        return false
    }

    /// Whether a signal has stopped it (`kill -STOP`, a debugger), which the system shows after the name of its program.
    private var isStopped: Bool {
        let file = unsafe open("/proc/\(processID)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var status = [UInt8](repeating: 0, count: 256)
        let count = unsafe read(file, &status, status.count)
        guard count > 0, let name = status[..<count].lastIndex(of: UInt8(ascii: ")")), name + 2 < count else {
            return false
        }
        return status[name + 2] | 0x20 == UInt8(ascii: "t")
    }

    private static func greeting(on socket: inout FrameSocket) throws -> Hello {
        let received = try socket.receive(within: Int32(patienceAtStart.milliseconds))
        if case .nothing = received { throw Lost(reason: "it took too long to start", isSilent: true) }
        guard case .frame(let frame) = received else {
            throw Lost(reason: "it said nothing when it started", hasGone: true)
        }
        if frame.kind == .failed { throw try Refusal(frame) }
        var fields = FieldReader(frame)
        guard frame.kind == .hello, try fields.uint16() == Frame.version else {
            throw Lost(reason: "it is of another version than this program")
        }
        return try Hello(
            sampleRate: Int(fields.uint32()), version: fields.string(), dataDirectory: fields.string())
    }
}

extension WorkerProcess.Refusal {
    init(_ frame: Frame) throws {
        var fields = FieldReader(frame)
        guard let failure = Frame.Failure(rawValue: try fields.uint8()) else { throw MalformedFrame() }
        self.init(failure: failure, words: try fields.string())
    }
}
