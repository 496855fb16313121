import Testing

@testable import BridgeSupport

@Suite("The states of models") struct ModelStatesTests {
    private struct Broken: Error {}

    private func ask(_ states: inout ModelStates, _ id: String = "a", files: String? = "1", at seconds: Double)
        -> ModelStates.Answer
    {
        states.ask(id, files: files, now: .seconds(seconds))
    }

    @Test("one load at a time, whoever asks") func oneLoad() {
        var states = ModelStates(capacity: 2)
        var answers = (0..<3).map { _ in ask(&states, at: 0) }
        #expect(answers == [.loads, .joins, .joins])
        #expect(states.isLoading("a") && !states.isLoaded("a"))
        let evicted = states.finishLoad(of: "a")
        answers = (0..<2).map { _ in ask(&states, at: 1) }
        #expect(evicted == [] && answers == [.uses, .uses])
        #expect(!states.isLoading("a") && states.loaded == ["a"])
        states.unload("a")
        #expect(ask(&states, at: 2) == .loads)
    }

    @Test("the least recently used goes, and never the newest") func eviction() {
        var states = ModelStates(capacity: 2)
        var evicted: [String] = []
        for id in ["a", "b", "a", "c"] where ask(&states, id, at: 0) == .loads { evicted += states.finishLoad(of: id) }
        #expect(evicted == ["b"] && states.loaded == ["a", "c"])
        var single = ModelStates(capacity: 0)
        _ = ask(&single, at: 0)
        #expect(single.finishLoad(of: "a") == [])
    }

    @Test("tries are put off by a second, and twice as long each time, up to five minutes") func pauses() {
        var states = ModelStates(capacity: 1)
        var now = 0.0
        var pauses: [Double] = []
        for _ in 0..<11 {
            #expect(ask(&states, at: now) == .loads)
            states.failLoad(of: "a", Broken(), files: "1", now: .seconds(now))
            let next = states.failure(of: "a")?.nextTry.inSeconds ?? 0
            #expect(ask(&states, at: next - 0.001) == .fails)
            pauses.append(next - now)
            now = next
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        // One that is loaded after all has no past.
        _ = ask(&states, at: now)
        _ = states.finishLoad(of: "a")
        #expect(states.newestFailure == nil)
        states.unload("a")
        _ = ask(&states, at: now)
        states.failLoad(of: "a", Broken(), files: "1", now: .seconds(now))
        #expect(states.failure(of: "a")?.nextTry == .seconds(now + 1))
    }

    @Test("changed files are tried at once, and the pauses begin anew") func changedFiles() {
        var states = ModelStates(capacity: 1)
        for second in [0.0, 1] {
            _ = ask(&states, at: second)
            states.failLoad(of: "a", Broken(), files: "1", now: .seconds(second))
        }
        #expect(ask(&states, at: 1.5) == .fails)
        #expect(ask(&states, files: "2", at: 1.5) == .loads)
        #expect(ask(&states, files: "2", at: 1.5) == .joins)
        states.failLoad(of: "a", Broken(), files: "2", now: .seconds(2))
        #expect(states.failure(of: "a")?.nextTry == .seconds(3))
        #expect(states.failure(of: "a")?.count == 1)
    }

    @Test("a failure that says nothing of the model is forgotten") func noFailure() {
        var states = ModelStates(capacity: 1)
        _ = ask(&states, "nobody", at: 0)
        states.failLoad(of: "nobody", nil, files: nil, now: .zero)
        #expect(states.newestFailure == nil)
        #expect(ask(&states, "nobody", at: 0) == .loads)
    }
}
