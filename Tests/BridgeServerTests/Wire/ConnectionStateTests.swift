import NIOHTTP1
import Testing

@testable import BridgeServer

/// The connection by itself: what its handler's tests don't reach.
@Suite(.timeLimit(.minutes(1))) struct ConnectionStateTests {
    enum Step {
        case head, end, answer, leave, stop
        /// The end of an answer, and what follows.
        case answerEnd(ConnectionState.Afterwards)
    }

    typealias Case = (name: String, steps: [Step], phase: ConnectionState.Phase, hasLeft: Bool)

    private static let cases: [Case] = [
        (
            "a stop while two requests wait: both are answered, then it closes",
            [.head, .end, .head, .end, .stop, .answer, .answerEnd(.staysOpen), .answer, .answerEnd(.closes)], .closing,
            false
        ),
        (
            "a stop within an answer whose head said that the connection stays open",
            [.head, .end, .answer, .stop, .answerEnd(.closes)], .closing, false
        ),
        (
            "a stop within an answer, with a request behind it",
            [.head, .end, .answer, .stop, .head, .end, .answerEnd(.staysOpen)], .working, false
        ),
        (
            "a stop while the client still sends what is answered already",
            [.head, .answer, .stop, .answerEnd(.staysOpen), .end], .idle, false
        ),
        ("an early answer, and the rest of its request", [.head, .answer, .answerEnd(.staysOpen), .end], .idle, false),
        (
            "room is made while the client still sends what is answered: it has left when all of that has come",
            [.head, .answer, .answerEnd(.staysOpen), .leave, .end], .idle, true
        ),
        ("room is made where nobody waits", [.head, .end, .answer, .answerEnd(.staysOpen), .leave], .idle, true),
    ]

    @Test(arguments: cases.indices)
    func stepsLeadToAPhase(index: Int) {
        let (name, steps, phase, hasLeft) = Self.cases[index]
        var state = ConnectionState()
        for step in steps {
            switch step {
            case .head:
                let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: ["Host": "a"])
                _ = state.receive(head)
            case .end: _ = state.receiveEnd()
            case .answer: _ = state.answer(HTTPResponseHead(version: .http1_1, status: .ok))
            case .leave: #expect(state.leave() == !state.isSendingAnswered, "\(name)")
            case .stop: state.stop()
            case .answerEnd(let expected): #expect(state.answerEnd() == expected, "\(name)")
            }
        }
        #expect(state.phase == phase && state.hasLeft == hasLeft, "\(name)")
    }

    @Test func aConnectionIsInUseUntilItsAnswerIsSent() {
        var state = ConnectionState()
        _ = state.receive(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "a"]))
        _ = state.receiveEnd()
        #expect(!state.isUnused && state.phase == .working)
        _ = state.answer(HTTPResponseHead(version: .http1_1, status: .ok))
        #expect(!state.isUnused && state.phase == .answering)
        #expect(state.answerEnd() == .staysOpen)
        #expect(!state.isUnused && state.phase == .idle)
        state.answerSent()
        #expect(state.isUnused)
    }
}
