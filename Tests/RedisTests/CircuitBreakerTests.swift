import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(1))) struct CircuitBreakerTests {
    /// What is done with a breaker, at a time in milliseconds, and what it says to it.
    private enum Step {
        case permits(Int, Bool), failed(Int, Bool), succeeded(Bool), abandoned(Int), isClosed(Bool)
    }

    /// Bears one failure, and pauses for one to three seconds.
    private func check(_ steps: [Step], _ place: SourceLocation = #_sourceLocation) {
        var breaker = CircuitBreaker(.init(failures: 2, pause: .seconds(1), longestPause: .seconds(3)))
        for (number, step) in steps.enumerated() {
            let isRight =
                switch step {
                case .permits(let now, let answer): breaker.permits(at: .milliseconds(now)) == answer
                case .failed(let now, let answer): breaker.failed(at: .milliseconds(now)) == answer
                case .succeeded(let answer): breaker.succeeded() == answer
                case .isClosed(let answer): breaker.isClosed == answer
                case .abandoned(let now): breaker.abandoned(at: .milliseconds(now)) == ()
                }
            #expect(isRight, "step \(number): \(step)", sourceLocation: place)
        }
    }

    private let opening: [Step] = [.failed(0, false), .failed(0, true), .isClosed(false)]

    @Test func opensAfterFailuresInARow() {
        check([
            .failed(0, false), .succeeded(false), .failed(0, false), .isClosed(true), .failed(0, true),
            .permits(999, false),
        ])
    }

    @Test func letsOneTrialThroughAndClosesAfterIt() {
        check(
            opening + [
                .permits(1000, true), .permits(1000, false), .succeeded(true), .isClosed(true), .permits(1000, true),
            ])
    }

    @Test func pausesDoubleUpToTheLongest() {
        check(
            opening + [
                .permits(1000, true), .failed(1000, false), .permits(2999, false), .permits(3000, true),
                .failed(3000, false), .permits(5999, false), .permits(6000, true), .failed(6000, false),
                .permits(8999, false), .permits(9000, true),
            ])
    }

    @Test func whatBeganBeforeItOpenedChangesNothing() {
        check(opening + [.succeeded(false), .failed(900, false), .isClosed(false), .permits(1000, true)])
    }

    @Test func anAbandonedTrialIsRepeatedAfterTheSamePause() {
        check(opening + [.permits(1000, true), .abandoned(1000), .permits(1999, false), .permits(2000, true)])
    }
}
