import BridgeSupport
import ModelStore
import Testing

@testable import BridgeRuntime

/// A state with what a test asks it in few words, and what it answers in words.
struct Registry {
    var state: RegistryState
    private var leases: UInt64 = 0

    init(budget: Int = 100, idleTime: Double = 0) {
        state = RegistryState(budget: budget, idleTime: .seconds(idleTime))
    }

    static func key(_ id: String) -> ModelKey { ModelKey(.stt, id) }

    /// Asks with what is known of the files.
    mutating func ask(_ id: String, bytes: Int? = 10, stamp: String = "1", at seconds: Double = 0) -> [String] {
        leases += 1
        return Self.words(
            state.request(
                leases, of: Self.key(id), files: ModelFiles(stamp: stamp, bytes: bytes), now: .seconds(seconds)))
    }

    /// Asks with nothing known of the files.
    mutating func ask(_ id: String, lease: UInt64) -> [String] {
        Self.words(state.request(lease, of: Self.key(id), files: nil, now: .zero))
    }

    mutating func load(_ id: String, bytes: Int = 10, at seconds: Double = 0) -> [String] {
        Self.words(state.finishLoad(of: Self.key(id), bytes: bytes, now: .seconds(seconds)))
    }

    mutating func fail(_ id: String, _ error: any Error = Broken(), at seconds: Double = 0) -> [String] {
        Self.words(state.failLoad(of: Self.key(id), error, now: .seconds(seconds)))
    }

    mutating func end(_ lease: UInt64, at seconds: Double = 0) -> [String] {
        Self.words(state.end(lease, now: .seconds(seconds)))
    }

    mutating func cancel(_ lease: UInt64) -> [String] { Self.words(state.cancel(lease)) }
    mutating func unload(_ id: String) throws -> [String] { Self.words(try state.unload(Self.key(id))) }
    mutating func pin(_ id: String, _ isPinned: Bool) -> [String] { Self.words(state.pin(Self.key(id), isPinned)) }
    mutating func letIdleGo(at seconds: Double) -> [String] { Self.words(state.letIdleGo(now: .seconds(seconds))) }

    func model(_ id: String) -> RegistryState.Model? { state.models[Self.key(id)] }
    var loaded: [String] {
        state.models.filter { if case .loaded = $0.value.phase { true } else { false } }.map(\.key.id).sorted()
    }

    static func words(_ actions: [RegistryState.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .load(let key): "load \(key.id)"
            case .unload(let key): "unload \(key.id)"
            case .grant(let lease, let key): "grant \(lease) \(key.id)"
            case .fail(let lease, let error): "fail \(lease) \((error as? ServiceError)?.code.rawValue ?? "\(error)")"
            case .readFiles(let lease): "read \(lease)"
            case .sleep(let end): "sleep \(end.inSeconds)"
            }
        }
    }
}

private struct Broken: Error {}

@Suite(.timeLimit(.minutes(1))) struct RegistryStateTests {
    @Test func oneLoadRunsWhoeverAsksAndEachGetsALease() {
        var registry = Registry()
        #expect(registry.ask("a", lease: 9) == ["read 9"])
        let asked = (0..<3).map { _ in registry.ask("a") }
        #expect(asked == [["load a"], [], []])
        #expect(registry.model("a")?.phase == .loading(bytes: 10))
        #expect(registry.load("a", bytes: 12) == ["grant 1 a", "grant 2 a", "grant 3 a"])
        #expect(registry.model("a")?.phase == .loaded(bytes: 12))
        // One that is in memory needs no look at its files.
        #expect(registry.ask("a", lease: 4) == ["grant 4 a"])
        #expect(registry.model("a")?.leases == [1, 2, 3, 4])
        for lease in [1, 2, 3, 4, 4] as [UInt64] { #expect(registry.end(lease) == []) }
        #expect(registry.model("a")?.leases == [])
    }

    @Test func oneNameInTwoServicesIsTwoModels() {
        var state = RegistryState(budget: 100)
        let files = ModelFiles(bytes: 1)
        for (lease, service) in [(1, ModelService.stt), (2, .tts)] as [(UInt64, ModelService)] {
            _ = state.request(lease, of: ModelKey(service, "a"), files: files, now: .zero)
        }
        #expect(state.models.count == 2)
    }

    @Test func aCallerThatLeavesWaitsNoMoreAndTheLoadGoesOn() {
        var registry = Registry()
        _ = registry.ask("a")
        #expect(registry.cancel(1) == ["fail 1 CancellationError()"])
        #expect(registry.cancel(1) == [])
        // Twenty times asked for and given up: one load.
        for lease in 2...21 as ClosedRange<UInt64> {
            #expect(registry.ask("a") == [])
            #expect(registry.cancel(lease).count == 1)
        }
        #expect(registry.load("a") == [])
        #expect(registry.loaded == ["a"] && registry.model("a")?.isIdle == true)
        // A lease that was granted stays, even if its caller cancels.
        #expect(registry.ask("a") == ["grant 22 a"])
        #expect(registry.cancel(22) == [] && registry.model("a")?.leases == [22])
    }

    @Test func theLeastRecentlyUsedIdleModelsMakeRoomBeforeALoad() {
        var registry = Registry(budget: 30)
        for (lease, id) in [(1, "a"), (2, "b"), (3, "c")] as [(UInt64, String)] {
            _ = registry.ask(id)
            _ = registry.load(id)
            _ = registry.end(lease)
        }
        _ = registry.ask("a")
        _ = registry.end(4)
        #expect(registry.ask("d", bytes: 15) == ["unload b", "unload c", "load d"])
        #expect(registry.state.bytes == 25)
        // It takes more than was known: the rest goes too.
        #expect(registry.load("d", bytes: 25) == ["unload a", "grant 5 d"])
        #expect(registry.loaded == ["d"])
    }

    @Test func leasedAndPinnedModelsStayWhateverThatCosts() {
        var registry = Registry(budget: 20)
        _ = registry.ask("a")
        _ = registry.load("a")
        _ = registry.ask("b")
        _ = registry.load("b")
        #expect(registry.pin("b", true) == [])
        #expect(registry.end(2) == [])
        #expect(registry.ask("c") == ["load c"])
        #expect(registry.load("c") == ["grant 3 c"] && registry.state.bytes == 30)
        #expect(registry.end(1) == ["unload a"])
        #expect(registry.ask("d") == ["load d"])
        _ = registry.load("d")
        #expect(registry.state.bytes == 30)
        #expect(registry.pin("b", false) == ["unload b"])
        #expect(registry.loaded == ["c", "d"])
    }

    @Test func aModelThatNobodyWaitsForGoesFirst() {
        var registry = Registry(budget: 15)
        _ = registry.ask("a")
        _ = registry.load("a")
        _ = registry.ask("b")
        _ = registry.cancel(2)
        #expect(registry.load("b") == ["unload b"])
        #expect(registry.loaded == ["a"])
    }

    @Test func aModelOverTheBudgetIsRefusedWithBothNumbers() throws {
        var registry = Registry(budget: 100 << 20)
        #expect(registry.ask("a", bytes: 100 << 20 + 1) == ["fail 1 model_too_large"])
        let message = try #require(registry.model("a")?.failure?.error as? ServiceError).message
        #expect(message.contains("a takes about 101 MiB") && message.contains("100 MiB"))
        #expect(message.contains("models.memory"))
        #expect(registry.ask("b", bytes: nil) == ["load b"])
        #expect(registry.load("b", bytes: 200 << 20) == ["unload b", "fail 2 model_too_large"])
        #expect(registry.loaded == [] && registry.state.bytes == 0)
        // Another model's size is no reason to refuse one.
        #expect(registry.ask("c", bytes: 100 << 20) == ["load c"])
    }

    @Test func triesArePutOffTwiceAsLongEachTimeUpToFiveMinutes() {
        var registry = Registry()
        var now = 0.0
        var pauses: [Double] = []
        for _ in 0..<11 {
            #expect(registry.ask("a", at: now) == ["load a"])
            _ = registry.fail("a", at: now)
            let next = registry.model("a")?.failure?.nextTry.inSeconds ?? 0
            #expect(registry.ask("a", at: next - 0.001).first?.hasPrefix("fail") == true)
            pauses.append(next - now)
            now = next
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        // One that is loaded after all has no past.
        _ = registry.ask("a", at: now)
        _ = registry.load("a", at: now)
        #expect(registry.model("a")?.failure == nil)
    }

    /// As where something ended the process that the voice was asked of, for as long as it did so.
    @Test func aFailureOfTheMomentIsTriedAgainSoonAndSaysWhen() throws {
        var registry = Registry()
        var now = 0.0
        var pauses: [Double] = []
        for _ in 0..<5 {
            _ = registry.ask("a", at: now)
            _ = registry.fail("a", ServiceError(.internal, "Not just now."), at: now)
            let failure = try #require(registry.model("a")?.failure)
            pauses.append(failure.nextTry.inSeconds - now)
            #expect((failure.told(at: .seconds(now)) as? ServiceError)?.retryAfter == .seconds(pauses.last ?? 0))
            now = failure.nextTry.inSeconds
        }
        #expect(pauses == [1, 2, 4, 4, 4])
    }

    @Test func aModelIsUnloadedUnlessItIsUsed() throws {
        var registry = Registry()
        #expect(try registry.unload("a") == [])
        _ = registry.ask("a")
        #expect(throws: ServiceError.self) { try registry.unload("a") }
        _ = registry.load("a")
        #expect(throws: ServiceError.self) { try registry.unload("a") }
        _ = registry.pin("a", true)
        _ = registry.end(1)
        #expect(try registry.unload("a") == ["unload a"])
        #expect(registry.model("a") == nil)
        // A failed load is forgotten with it.
        _ = registry.ask("a")
        _ = registry.fail("a")
        #expect(try registry.unload("a") == [])
        #expect(registry.ask("a") == ["load a"])
    }

    @Test func changedFilesAreTriedAtOnceAndPausesBeginAnew() {
        var registry = Registry()
        for second in [0.0, 1] {
            _ = registry.ask("a", at: second)
            #expect(registry.fail("a", at: second).count == 1)
        }
        #expect(registry.ask("a", at: 1.5) == ["fail 3 Broken()"])
        #expect(registry.ask("a", stamp: "2", at: 1.5) == ["load a"])
        #expect(registry.ask("a", stamp: "2", at: 1.5) == [])
        #expect(registry.fail("a", at: 2) == ["fail 4 Broken()", "fail 5 Broken()"])
        #expect(registry.model("a")?.failure?.nextTry == .seconds(3))
        #expect(registry.model("a")?.failure?.count == 1)
    }

    @Test
    func aFailureThatSaysNothingOfTheModelIsForgotten() {
        for error in [
            ServiceError(.modelNotFound, "There is none."), ServiceError(.voiceNotFound, "There is none."),
            CancellationError(),
        ] as [any Error] {
            var registry = Registry()
            _ = registry.ask("nobody")
            _ = registry.fail("nobody", error)
            #expect(registry.state.models.isEmpty)
            #expect(registry.ask("nobody") == ["load nobody"])
        }
    }

    @Test func eachServiceHasAnIdleTimeOfItsOwn() {
        var state = RegistryState(
            budget: 100, idleTime: .seconds(50), idleTimes: [.tts: .seconds(10), .embeddings: .zero])
        let keys = [ModelService.stt, .tts, .embeddings].map { ModelKey($0, "a") }
        for (lease, key) in keys.enumerated() {
            _ = state.request(UInt64(lease), of: key, files: ModelFiles(bytes: 1), now: .zero)
            _ = state.finishLoad(of: key, bytes: 1, now: .zero)
            _ = state.end(UInt64(lease), now: .zero)
        }
        func loaded() -> [ModelService] {
            state.models.filter { $0.value.phase == .loaded(bytes: 1) }.map(\.key.service).sorted {
                $0.rawValue < $1.rawValue
            }
        }
        _ = state.letIdleGo(now: .seconds(9))
        #expect(loaded() == [.embeddings, .stt, .tts])
        _ = state.letIdleGo(now: .seconds(10))
        #expect(loaded() == [.embeddings, .stt])
        _ = state.letIdleGo(now: .seconds(1000))
        #expect(loaded() == [.embeddings])
    }

    @Test func aRetiredModelGoesWithItsLastLeaseUnlessItIsAskedForAgain() {
        var state = RegistryState(budget: 100)
        let key = ModelKey(.stt, "a")
        func isLoaded() -> Bool { state.models[key]?.phase == .loaded(bytes: 1) }
        for lease: UInt64 in 1...2 { _ = state.request(lease, of: key, files: ModelFiles(bytes: 1), now: .zero) }
        _ = state.finishLoad(of: key, bytes: 1, now: .zero)
        #expect(state.retire(key).isEmpty && isLoaded())
        _ = state.end(1, now: .zero)
        #expect(isLoaded())
        _ = state.end(2, now: .zero)
        #expect(!isLoaded())
        _ = state.request(3, of: key, files: ModelFiles(bytes: 1), now: .zero)
        _ = state.finishLoad(of: key, bytes: 1, now: .zero)
        _ = state.retire(key)
        _ = state.request(4, of: key, files: nil, now: .zero)
        for lease: UInt64 in 3...4 { _ = state.end(lease, now: .zero) }
        #expect(isLoaded())
        _ = state.pin(key, true)
        #expect(state.retire(key).isEmpty && isLoaded())
    }

    @Test func idleModelsGoAfterTheIdleTimeUnlessPinned() {
        var registry = Registry(idleTime: 60)
        #expect(registry.letIdleGo(at: 0) == ["sleep 60.0"])
        for (lease, id) in [(1, "a"), (2, "b"), (3, "c")] as [(UInt64, String)] {
            _ = registry.ask(id)
            _ = registry.load(id, at: Double(lease))
        }
        _ = registry.pin("c", true)
        _ = registry.end(3, at: 3)
        _ = registry.end(1, at: 10)
        // One that is used is not idle, however long it takes.
        #expect(registry.letIdleGo(at: 69) == ["sleep 70.0"])
        #expect(registry.letIdleGo(at: 70) == ["unload a", "sleep 130.0"])
        #expect(registry.model("a")?.rests == true && registry.loaded == ["b", "c"])
        _ = registry.end(2, at: 80)
        #expect(registry.letIdleGo(at: 130) == ["sleep 140.0"])
        #expect(registry.letIdleGo(at: 140) == ["unload b", "sleep 200.0"])
        // It comes back when it is asked for.
        #expect(registry.ask("a", at: 150) == ["load a"])
        _ = registry.load("a", at: 150)
        #expect(registry.model("a")?.rests == false)
        var staying = Registry()
        _ = staying.ask("a")
        _ = staying.load("a")
        _ = staying.end(1)
        #expect(staying.letIdleGo(at: 1e6) == [] && staying.loaded == ["a"])
    }
}
