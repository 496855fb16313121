import BridgeSupport
import EspeakProtocol
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A running jarvis-espeak. It ends when this goes, and whenever this process ends, in whatever way.
final class WorkerProcess: Sendable {
    /// The worker is of no more use: it has ended, or had to be ended.
    struct Lost: Error {
        /// For the log.
        var reason: String
        /// Whether it went by itself, not because it had to be ended here.
        var hasGone = false
        /// Whether it was silent for longer than it may. No text does that: the time that one may compute is shorter.
        var isSilent = false
        /// Whether this says nothing of what it was given, nor of the program: it was silent, or somebody else ended it.
        var isNobodysFault = false
    }

    /// The worker said no.
    struct Refusal: Error {
        var failure: Frame.Failure
        /// For the log.
        var words: String
    }

    /// What it told of itself when it started.
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

    /// A worker that starts has this long.
    private static let patienceAtStart: Duration = .seconds(30)
    /// One at work may be silent for this long. It is half as long again as the longest that a text may compute.
    static let usualPatience: Duration = .seconds(15)
    /// How long a cancelled worker may take to leave off.
    private static let patienceAfterCancellation: Duration = .milliseconds(500)
    /// Of a silent worker, between two looks whether somebody has stopped it.
    private static let lookPause: Duration = .seconds(1)
    /// Between two looks whether the caller has left, in milliseconds.
    private static let tick: Int32 = 20

    /// Starts the program at `path`; blocks until it is ready.
    ///
    /// - Parameter patience: for how long it may be silent at work.
    /// - Throws: ``SpawnFailure``, ``Refusal``, ``Lost``.
    init(path: String, dataDirectory: String?, environment: [String], patience: Duration = usualPatience) throws {
        self.patience = patience
        var processID: pid_t = 0
        var socket = try Self.spawn(path, dataDirectory.map { [$0] } ?? [], environment, &processID)
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

    /// Sends `request` and takes what is answered, to the end; blocks.
    ///
    /// - Parameters:
    ///   - isCancelled: asked many times a second; the worker leaves off when it is true.
    ///   - take: gets each frame of the answer. What it throws makes the worker one of no more use.
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

    /// Takes the frames of an answer. False when `isCancelled` was true before its end.
    private func answer(
        on socket: inout FrameSocket, within patience: Duration, until isCancelled: () -> Bool,
        _ take: (Frame) throws -> Void
    ) throws -> Bool {
        var deadline = ContinuousClock.now + patience
        var look = ContinuousClock.now + Self.lookPause
        while !isCancelled() {
            switch try socket.receive(within: Self.tick) {
            case .closed: throw Lost(reason: "it ended", hasGone: true)
            case .nothing:
                let now = ContinuousClock.now
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
                deadline = .now + patience
            }
        }
        return false
    }

    /// Whether a signal has stopped it (`kill -STOP`, a debugger), which the system shows behind the name of its program.
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
