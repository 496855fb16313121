import Testing
@testable import EspeakNG

@Suite(.timeLimit(.minutes(5))) struct PoolStateTests {
    private typealias State = PoolState<Int, String, String>
    private var state = State(width: 2)
    private var now = Duration.zero

    private func words(_ actions: [State.Action]) -> [String] {
        actions.map {
            switch $0 {
            case .start(let delay): "start after \(delay / .milliseconds(1))"
            case .serve(let request, let worker): "\(request) by \(worker)"
            case .refuse(let request, let reason): "\(request) refused: \(reason)"
            }
        }
    }

    @Test mutating func theFirstRequestStartsAWorkerAndASpareOne() {
        #expect(words(state.ask("a", id: 1, at: now)) == ["start after 0.0", "start after 0.0"])
        #expect(words(state.started(10, at: now)) == ["a by 10"])
        #expect(words(state.started(11, at: now)) == [])
        #expect(words(state.ask("b", id: 2, at: now)) == ["b by 11", "start after 0.0"])
        #expect(words(state.started(12, at: now)) == [])
        // Two at once are enough; the third worker is for when one of them is lost.
        #expect(words(state.ask("c", id: 3, at: now)) == [])
        #expect(words(state.lost(at: now)) == ["c by 12", "start after 0.0"])
        #expect(words(state.finished(10, at: now)) == [])
    }

    @Test
    mutating func startsAreDelayedAfterLossesUntilAWorkerHasAnswered() {
        _ = state.ask("a", id: 1, at: now)
        _ = state.started(0, at: now)
        var delays: [String] = []
        for worker in 1...9 {
            delays += words(state.ask("b", id: UInt64(worker), at: now))
            delays += words(state.started(worker, at: now))
            delays += words(state.lost(at: now)).filter { $0.hasPrefix("start") }
        }
        let starts = delays.filter { $0.hasPrefix("start") }.compactMap { Double($0.dropFirst(12)) }
        #expect(starts.max() == 1000 && starts == starts.sorted() && starts.first == 0, "\(starts)")
        now += .seconds(2)
        _ = state.finished(9, at: now)
        _ = state.ask("c", id: 20, at: now)
        #expect(words(state.lost(at: now)).allSatisfy { $0.hasSuffix(" 0.0") || $0.contains("by") })
    }

    @Test mutating func requestsAreRefusedWhereNoWorkerStartsAndTriedAgainSoon() {
        _ = state.ask("a", id: 1, at: now)
        #expect(words(state.couldNotStart("missing", at: now)) == [])
        #expect(words(state.couldNotStart("missing", at: now)) == ["a refused: missing"])
        #expect(words(state.ask("b", id: 2, at: now)) == ["b refused: missing"])
        now += .seconds(1)
        #expect(words(state.ask("c", id: 3, at: now)) == ["start after 0.0", "start after 0.0"])
        #expect(words(state.started(1, at: now)) == ["c by 1"])
    }

    @Test mutating func aRequestThatLeavesIsNotServed() {
        _ = state.ask("a", id: 1, at: now)
        #expect(state.leave(1) == "a" && state.leave(1) == nil)
        #expect(words(state.started(10, at: now)) == [])
    }

    @Test mutating func aWorkerThatHadEndedBeforeIsReplacedAndNoRequestIsLost() {
        _ = state.ask("a", id: 1, at: now)
        _ = state.started(10, at: now)
        #expect(words(state.lostBefore("a", id: 1, at: now)).first?.hasPrefix("start") == true)
        #expect(words(state.started(11, at: now)) == ["a by 11"])
    }
}
