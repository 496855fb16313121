import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(1))) struct CircuitBreakerTests {
    /// What is done with a breaker, at a time in milliseconds, and what it says to it. The outcomes are those of the last pass, or of the
    /// first of all.
    private enum Step {
        case permits(Int, Bool), failed(Int, Bool), succeeded(Bool), abandoned(Int), isClosed(Bool)
        case firstFailed(Int), firstSucceeded, firstAbandoned(Int)
    }

    /// Bears one failure, and pauses for one to three seconds.
    private func check(_ steps: [Step], _ place: SourceLocation = #_sourceLocation) throws {
        var breaker = CircuitBreaker(.init(failures: 2, pause: .seconds(1), longestPause: .seconds(3)))
        let first = try #require(breaker.pass)
        var pass = first
        for (number, step) in steps.enumerated() {
            let isRight: Bool
            switch step {
            case .permits(let now, let answer):
                let new = breaker.permit(at: .milliseconds(now))
                pass = new ?? pass
                isRight = (new != nil) == answer
            case .failed(let now, let answer): isRight = breaker.failed(pass, at: .milliseconds(now)) == answer
            case .succeeded(let answer): isRight = breaker.succeeded(pass) == answer
            case .isClosed(let answer): isRight = breaker.isClosed == answer && (breaker.pass != nil) == answer
            case .abandoned(let now): isRight = breaker.abandoned(pass, at: .milliseconds(now)) == ()
            case .firstFailed(let now): isRight = breaker.failed(first, at: .milliseconds(now)) == false
            case .firstSucceeded: isRight = breaker.succeeded(first) == false
            case .firstAbandoned(let now): isRight = breaker.abandoned(first, at: .milliseconds(now)) == ()
            }
            #expect(isRight, "step \(number): \(step)", sourceLocation: place)
        }
    }

    private let opening: [Step] = [.failed(0, false), .failed(0, true), .isClosed(false)]

    @Test func opensAfterFailuresInARow() throws {
        try check([
            .failed(0, false), .succeeded(false), .failed(0, false), .isClosed(true), .failed(0, true),
            .permits(999, false),
        ])
    }

    @Test func letsOneTrialThroughAndClosesAfterIt() throws {
        try check(
            opening + [
                .permits(1000, true), .permits(1000, false), .succeeded(true), .isClosed(true), .permits(1000, true),
            ])
    }

    @Test func pausesDoubleUpToTheLongest() throws {
        try check(
            opening + [
                .permits(1000, true), .failed(1000, false), .permits(2999, false), .permits(3000, true),
                .failed(3000, false), .permits(5999, false), .permits(6000, true), .failed(6000, false),
                .permits(8999, false), .permits(9000, true),
            ])
    }

    @Test func whatBeganBeforeItOpenedChangesNothing() throws {
        try check(opening + [.succeeded(false), .failed(900, false), .isClosed(false), .permits(1000, true)])
    }

    /// A batch that was sent long ago and times out now says nothing of the trial under way, nor of the time after it.
    @Test func whatBeganBeforeATrialChangesNothing() throws {
        try check(
            opening + [
                .permits(1000, true), .firstFailed(1000), .firstSucceeded, .firstAbandoned(1000), .isClosed(false),
                .permits(1000, false), .succeeded(true), .firstFailed(1000), .firstFailed(1000), .isClosed(true),
            ])
    }

    @Test func anAbandonedTrialIsRepeatedAfterTheSamePause() throws {
        try check(opening + [.permits(1000, true), .abandoned(1000), .permits(1999, false), .permits(2000, true)])
    }
}
