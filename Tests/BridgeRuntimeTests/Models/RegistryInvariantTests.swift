import BridgeSupport
import ModelStore
import Testing

@testable import BridgeRuntime

private struct Broken: Error {}

/// What must hold after every step, whatever happens in which order.
@Suite(.timeLimit(.minutes(1))) struct RegistryInvariantTests {
    /// What the owner of the state would have done.
    private struct Owner {
        var registry = RegistryState(budget: 100, idleTime: .seconds(50))
        var loading: Set<ModelKey> = []
        var inMemory: Set<ModelKey> = []
        var waiting: Set<UInt64> = []
        var held: [UInt64: ModelKey] = [:]
        var trace: [String] = []

        mutating func perform(_ actions: [RegistryState.Action]) {
            trace += Registry.words(actions)
            for action in actions {
                switch action {
                case .load(let key):
                    #expect(loading.insert(key).inserted && !inMemory.contains(key), "two loads of \(key.id)")
                case .unload(let key):
                    #expect(inMemory.remove(key) != nil, "\(key.id) is not in memory")
                    #expect(!held.values.contains(key), "\(key.id) is used")
                case .grant(let lease, let key):
                    #expect(waiting.remove(lease) != nil && inMemory.contains(key))
                    held[lease] = key
                case .fail(let lease, _), .readFiles(let lease): #expect(waiting.remove(lease) != nil)
                case .sleep: break
                }
            }
        }

        func check() {
            let models = registry.models
            #expect(Set(models.filter { if case .loading = $0.value.phase { true } else { false } }.keys) == loading)
            #expect(Set(models.filter { if case .loaded = $0.value.phase { true } else { false } }.keys) == inMemory)
            let isAnyIdle = models.values.contains { $0.isIdle }
            #expect(registry.bytes <= registry.budget || !isAnyIdle, "\(registry.bytes) bytes, and some are idle")
            #expect(models.values.reduce(0) { $0 + $1.leases.count } == held.count)
        }
    }

    private func run(seed: UInt64, steps: Int) -> [String] {
        var random = Random(state: seed)
        var (owner, now, lease) = (Owner(), 0.0, UInt64(0))
        let keys = (0..<6).map { Registry.key("\($0)") }
        for _ in 0..<steps {
            now += Double(random.next(upTo: 10))
            let (key, time) = (keys[random.next(upTo: keys.count)], Duration.seconds(now))
            switch random.next(upTo: 8) {
            case 0, 1, 2:
                lease += 1
                owner.waiting.insert(lease)
                let files = ModelFiles(stamp: "\(random.next(upTo: 2))", bytes: random.next(upTo: 120))
                owner.perform(owner.registry.request(lease, of: key, files: files, now: time))
            case 3:
                guard let loaded = owner.loading.sorted().first else { break }
                owner.loading.remove(loaded)
                owner.inMemory.insert(loaded)
                owner.perform(owner.registry.finishLoad(of: loaded, bytes: random.next(upTo: 110), now: time))
            case 4:
                guard let failed = owner.loading.sorted().last else { break }
                owner.loading.remove(failed)
                owner.perform(owner.registry.failLoad(of: failed, Broken(), now: time))
            case 5:
                let leases = owner.held.keys.sorted()
                guard !leases.isEmpty else { break }
                let ended = leases[random.next(upTo: leases.count)]
                owner.held[ended] = nil
                owner.perform(owner.registry.end(ended, now: time))
            case 6:
                guard let left = owner.waiting.min() else { break }
                owner.perform(owner.registry.cancel(left))
            default:
                owner.perform(owner.registry.pin(key, random.next(upTo: 3) == 0))
                owner.perform(owner.registry.letIdleGo(now: time))
            }
            owner.check()
        }
        return owner.trace
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func invariantsHoldAfterRandomSteps(seed: UInt64) {
        let trace = run(seed: seed, steps: 500)
        #expect(trace.count > 100)
        // Nothing depends on the order of a dictionary.
        #expect(run(seed: seed, steps: 500) == trace)
    }
}

/// The same numbers in each run.
private struct Random {
    var state: UInt64

    mutating func next(upTo bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
