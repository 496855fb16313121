import Synchronization

/// How far an answer has come. It only moves forward: `asked` → `started` → `complete`.
final class AnswerPhase: Sendable {
    enum Phase: Int {
        case asked
        /// The server has accepted the request.
        case started
        /// The last line has been read.
        case complete
    }

    private let phase = Mutex(Phase.asked)

    func set(_ next: Phase) {
        phase.withLock { current in
            if next.rawValue > current.rawValue { current = next }
        }
    }

    var hasStarted: Bool { phase.withLock { $0 != .asked } }
    var isComplete: Bool { phase.withLock { $0 == .complete } }
}
