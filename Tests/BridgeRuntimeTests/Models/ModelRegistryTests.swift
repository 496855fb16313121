import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing

@testable import BridgeRuntime

private struct Broken: Error {}

/// Loads that a test holds up, lets fail, and counts; models of one service whose names end in what they take in memory.
private final class Loader: Sendable {
    let gate: Gate
    let clock = ManualClock()
    let started = Watched<[String]>([])
    let files = Watched("1")
    let failure = Watched<(any Error)?>(nil)
    let disk = Watched(ModelInventory(defaults: [.stt: .init(id: "a")]))
    /// Changes with ``disk``.
    let stamp = Watched("1")
    /// How often the disk was read, and looked at.
    let (reads, looks) = (Watched(0), Watched(0))

    init(gate: Gate = Gate(open: true)) { self.gate = gate }

    static func bytes(_ id: String) -> Int { Int(id.filter(\.isNumber)) ?? 0 }

    private func load(_ id: String) async throws -> String {
        started.update { $0.append(id) }
        try await gate.pass()
        if let failure = failure.value { throw failure }
        return "model \(id)"
    }

    func registry(memory: Int = .max, idle: Double = 0, preload: Bool = false) -> ModelRegistry {
        let models = FakeModels(
            inventory: { _ in
                self.reads.update { $0 += 1 }
                return self.disk.value
            },
            stamp: {
                self.looks.update { $0 += 1 }
                return self.stamp.value
            },
            files: { ModelFiles(stamp: self.files.value, bytes: Self.bytes($0.id)) },
            load: { LoadedModel(try await self.load($0.id), bytes: Self.bytes($0.id)) })
        return ModelRegistry(
            models, .init(memory: memory, idleTime: .seconds(idle), preload: preload), clock: clock)
    }
}

extension ModelRegistry {
    fileprivate var models: ModelSource<String> { source(of: .stt) }

    /// Asks for a model, and lets it go.
    fileprivate func use(_ id: String) async throws -> String {
        let lease = try await models.lease(id)
        defer { lease.end() }
        return lease.model
    }

    fileprivate var loadedIDs: [String] {
        get async { await snapshot().models.filter { $0.state == .loaded }.map(\.key.id) }
    }

    fileprivate var status: ServiceStatus { get async { await snapshot().status(of: .stt) } }
}

@Suite(.timeLimit(.minutes(1))) struct ModelRegistryTests {
    @Test func aModelIsLoadedOnce() async throws {
        let loader = Loader()
        let registry = loader.registry()
        for _ in 0..<3 { #expect(try await registry.use("a") == "model a") }
        #expect(loader.started.value == ["a"])
        #expect(await registry.loadedIDs == ["a"])
    }

    @Test func callersShareOneLoad() async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await registry.use("a") } }
            try await loader.gate.arrivals(atLeast: 1)
            loader.gate.open()
            for try await model in group { #expect(model == "model a") }
        }
        #expect(loader.started.value == ["a"])
    }

    @Test func differentModelsLoadSideBySide() async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in ["a", "b"] { group.addTask { _ = try await registry.use(id) } }
            try await loader.gate.arrivals(atLeast: 2)
            loader.gate.open()
            try await group.waitForAll()
        }
        #expect(await registry.loadedIDs == ["a", "b"])
    }

    @Test func modelsAreLoadedPinnedAndUnloadedAtRunTime() async throws {
        let registry = Loader().registry(memory: 2)
        try await registry.load(ModelKey(.stt, "a1"), pinned: true)
        try await registry.load(ModelKey(.stt, "b1"))
        // No room for three: the pinned one stays.
        #expect(try await registry.use("c1") == "model c1")
        #expect(await registry.loadedIDs == ["a1", "c1"])
        let lease = try await registry.models.lease("a1")
        #expect(throws: ServiceError.self) { try registry.unload(ModelKey(.stt, "a1")) }
        lease.end()
        try registry.unload(ModelKey(.stt, "a1"))
        #expect(await registry.loadedIDs == ["c1"])
    }

    @Test func aFailedLoadIsToldUntilItIsTimeToTryAgain() async throws {
        let loader = Loader()
        let registry = loader.registry()
        loader.failure.update { $0 = ServiceError(.internal, "The file is cut off.") }
        for _ in 0..<3 { await #expect(throws: ServiceError.self) { try await registry.use("a") } }
        #expect(loader.started.value.count == 1)
        #expect(await registry.status.lastError == "The file is cut off.")
        loader.failure.update { $0 = Broken() }
        loader.clock.advance(by: .seconds(1))
        await #expect(throws: Broken.self) { try await registry.use("a") }
        #expect(await registry.status.lastError == "Broken()")
        #expect(await registry.loadedIDs == [])
        loader.failure.update { $0 = nil }
        loader.clock.advance(by: .seconds(1.5))
        await #expect(throws: Broken.self) { try await registry.use("a") }
        loader.clock.advance(by: .seconds(0.5))
        #expect(try await registry.use("a") == "model a")
        #expect(await registry.status.lastError == nil)
        #expect(loader.started.value.count == 3)
    }

    @Test func changedFilesAreTriedAgainAtOnce() async throws {
        let loader = Loader()
        let registry = loader.registry()
        loader.failure.update { $0 = Broken() }
        await #expect(throws: Broken.self) { try await registry.use("a") }
        loader.failure.update { $0 = nil }
        await #expect(throws: Broken.self) { try await registry.use("a") }
        loader.files.update { $0 = "2" }
        #expect(try await registry.use("a") == "model a")
    }

    @Test func aFailedLoadFailsAllItsCallers() async throws {
        let loader = Loader(gate: Gate())
        loader.failure.update { $0 = Broken() }
        let registry = loader.registry()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask { await #expect(throws: Broken.self) { try await registry.use("a") } }
            }
            try await loader.gate.arrivals(atLeast: 1)
            loader.gate.open()
            try await group.waitForAll()
        }
    }

    @Test func theLeastRecentlyUsedModelIsLetGoAndLoadedAgain() async throws {
        let loader = Loader()
        let registry = loader.registry(memory: 20)
        for id in ["a10", "b10", "a10", "c10"] { _ = try await registry.use(id) }
        #expect(await registry.loadedIDs == ["a10", "c10"])
        _ = try await registry.use("b10")
        #expect(loader.started.value == ["a10", "b10", "c10", "b10"])
    }

    @Test func aLeasedModelStaysHoweverManyOthersAreAskedFor() async throws {
        let registry = Loader().registry(memory: 20)
        let lease = try await registry.models.lease("a20")
        for id in ["b20", "c20"] { _ = try await registry.use(id) }
        #expect(await registry.loadedIDs == ["a20"])
        #expect(await registry.snapshot().model(ModelKey(.stt, "a20"))?.leases == 1)
        lease.end()
        _ = try await registry.use("b20")
        #expect(await registry.loadedIDs == ["b20"])
    }

    @Test func aModelOverTheWholeBudgetIsNeverLoaded() async throws {
        let loader = Loader()
        loader.disk.update { $0 = ModelInventory(defaults: [.stt: .init(id: "a\(3 << 20)")]) }
        let registry = loader.registry(memory: 2 << 20)
        let refusal = await #expect(throws: ServiceError.self) { try await registry.use("a\(3 << 20)") }
        #expect(refusal?.message.contains("3 MiB") == true && refusal?.message.contains("2 MiB") == true)
        #expect(loader.started.value == [])
        let status = await registry.status
        #expect(status.state == .unavailable && status.message?.contains("3 MiB") == true)
    }

    @Test func anIdleModelIsLetGoAndRests() async throws {
        let loader = Loader()
        let registry = loader.registry(idle: 60, preload: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            _ = try await registry.use("a")
            try await loader.clock.sleepers(atLeast: 1)
            loader.clock.advance(by: .seconds(59))
            #expect(await registry.loadedIDs == ["a"])
            loader.clock.advance(by: .seconds(1))
            try await waitUntil { await registry.loadedIDs.isEmpty }
            let status = await registry.status
            #expect(status.rests && !status.loaded && status.state == .healthy && status.message == nil)
            #expect(try await registry.use("a") == "model a")
            #expect(await registry.status.rests == false)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(loader.started.value == ["a", "a"])
    }

    @Test func idleModelsStayWhereNoTimeIsSet() async throws {
        await Loader().registry().run()
    }

    @Test func aCancelledCallerGoesAtOnceWhileTheLoadGoesOn() async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let model = try await registry.use("a")
                #expect(model == "model a")
            }
            try await loader.gate.arrivals(atLeast: 1)
            await withTaskGroup(of: Void.self) { leaving in
                leaving.addTask { await #expect(throws: CancellationError.self) { try await registry.use("a") } }
                leaving.cancelAll()
            }
            loader.gate.open()
            try await group.waitForAll()
        }
        #expect(loader.started.value == ["a"])
    }

    @Test(arguments: [1, 20])
    func aLoadThatAllHaveLeftGoesOnAndIsKept(times: Int) async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        for _ in 0..<times {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { await #expect(throws: CancellationError.self) { try await registry.use("a") } }
                }
                try await loader.gate.arrivals(atLeast: 1)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        loader.gate.open()
        try await waitUntil { await registry.loadedIDs == ["a"] }
        #expect(try await registry.use("a") == "model a")
        #expect(loader.started.value == ["a"])
        #expect(await registry.snapshot().model(ModelKey(.stt, "a"))?.leases == 0)
    }

    @Test func callersJoinALoadThatOthersHaveLeft() async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: CancellationError.self) { try await registry.use("a") } }
            try await loader.gate.arrivals(atLeast: 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        async let model = registry.use("a")
        loader.gate.open()
        #expect(try await model == "model a")
        #expect(loader.started.value == ["a"])
    }

    @Test func loadsThatRunAreLeftBehindWhenTheServerEnds() async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        #expect(registry.abandonLoads() == [])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: CancellationError.self) { try await registry.use("a") } }
            try await loader.gate.arrivals(atLeast: 1)
            #expect(registry.abandonLoads() == ["a"])
            try await group.waitForAll()
        }
        // That says nothing of the model.
        #expect(await registry.status.lastError == nil)
    }

    @Test func anEmptyNameIsNoneAndNothingAnswersWithoutADefault() async throws {
        let loader = Loader()
        let registry = loader.registry()
        #expect(try await registry.models.id(nil) == "a")
        #expect(try await registry.models.id("b") == "b")
        let empty = await #expect(throws: ServiceError.self) { try await registry.models.id("") }
        #expect(empty?.code == .modelNotFound && empty?.param == "model")
        let voices: ModelSource<String> = registry.source(of: .tts)
        let voice = await #expect(throws: ServiceError.self) { try await voices.id("") }
        #expect(voice?.code == .voiceNotFound && voice?.param == "voice")
        loader.disk.update { $0 = ModelInventory(defaults: [.stt: .init(id: nil, missing: "Install one.")]) }
        let without = loader.registry()
        let none = await #expect(throws: ServiceError.self) { try await without.models.id(nil) }
        #expect(none?.code == .modelNotInstalled && none?.message == "Install one.")
    }

    @Test func aModelOfAnotherKindIsRefusedAndItsLeaseEnds() async throws {
        let registry = Loader().registry()
        let numbers: ModelSource<Int> = registry.source(of: .stt)
        await #expect(throws: ServiceError.self) { _ = try await numbers.lease("a") }
        #expect(await registry.snapshot().model(ModelKey(.stt, "a"))?.leases == 0)
    }
}

@Suite(.timeLimit(.minutes(1))) struct RegistrySnapshotTests {
    @Test func theStatusIsThatOfTheDefaultModel() async throws {
        let loader = Loader(gate: Gate())
        let registry = loader.registry()
        #expect(await registry.status == ServiceStatus(state: .healthy, model: "a"))
        let load = AdmissionSnapshot(running: 1, queued: 3, preparing: 2)
        var expected = ServiceStatus(state: .healthy, model: "a", queued: 3, running: 1)
        expected.preparing = 2
        #expect(await registry.snapshot().status(of: .stt, load: load) == expected)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await registry.use("a") }
            try await loader.gate.arrivals(atLeast: 1)
            let loading = await registry.status
            #expect(loading.state == .degraded && !loading.loaded && loading.message == "a is being loaded.")
            loader.gate.open()
            try await group.waitForAll()
        }
        let loaded = await registry.status
        #expect(loaded.state == .healthy && loaded.loaded && loaded.message == nil)
        loader.failure.update { $0 = ServiceError(.internal, "The file is cut off.") }
        await #expect(throws: ServiceError.self) { try await registry.use("b") }
        // Another model's failure is told under its name, and does not take the service down.
        let other = await registry.status
        #expect(other.state == .healthy && other.lastError == "b: The file is cut off.")
        #expect(await registry.snapshot().status(of: .tts).lastError == nil)
    }

    @Test
    func missingAndStandInModelsAreToldWithWhatToDo() async throws {
        let loader = Loader()
        let answer = { (answer: ModelInventory.Default) in
            loader.disk.update { $0 = ModelInventory(defaults: [.stt: answer]) }
            return loader.registry(preload: true)
        }
        let none = await answer(.init(id: nil, missing: "Install one.")).status
        #expect(none.state == .unavailable && none.message == "Install one.")
        let poor = await answer(.init(id: "b", note: "b stands in.", fallsShort: true)).status
        #expect(poor.state == .degraded && poor.message == "b stands in.")
        // One that does all that is needed is told, and no reason to worry.
        let equal = answer(.init(id: "b", note: "b stands in."))
        _ = try await equal.use("b")
        let standIn = await equal.status
        #expect(standIn.state == .healthy && standIn.message == "b stands in.")
        let cold = await answer(.init(id: "a")).status
        #expect(cold.state == .degraded && cold.message == "a is not in memory; the next request loads it.")
        let registry = answer(.init(id: "a", note: "a stands in."))
        loader.failure.update { $0 = ServiceError(.internal, "The file is cut off.") }
        await #expect(throws: ServiceError.self) { try await registry.use("a") }
        let broken = await registry.status
        #expect(broken.state == .unavailable && broken.message == "a could not be loaded. The file is cut off.")
    }

    @Test(arguments: [ServiceError.Code.modelNotFound, .voiceNotFound])
    func anUnknownNameIsNoFailedLoadButADamagedModelIs(_ code: ServiceError.Code) async throws {
        let loader = Loader()
        let registry = loader.registry()
        loader.failure.update { $0 = ServiceError(.modelNotInstalled, "It is damaged.") }
        await #expect(throws: ServiceError.self) { try await registry.use("damaged") }
        loader.failure.update { $0 = ServiceError(code, "There is no such model.") }
        await #expect(throws: ServiceError.self) { try await registry.use("../../etc/passwd") }
        let snapshot = await registry.snapshot()
        #expect(snapshot.status(of: .stt).lastError == "damaged: It is damaged.")
        // Names that clients make up are not kept.
        #expect(snapshot.models.map(\.key.id) == ["a", "damaged"])
        #expect(snapshot.models.map(\.isDefault) == [true, false])
    }

    @Test func aScrapeReadsNoFileAndLooksAtTheDiskOnceASecond() async throws {
        let loader = Loader()
        let registry = loader.registry()
        #expect(loader.reads.value == 1 && loader.looks.value == 1)
        for _ in 0..<100 { _ = await registry.snapshot() }
        #expect(loader.reads.value == 1 && loader.looks.value == 1)
        loader.clock.advance(by: .seconds(1))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = await registry.snapshot() } }
        }
        #expect(loader.reads.value == 1 && loader.looks.value == 2)
    }

    @Test func theDefaultIsChosenAtRunTime() async throws {
        let folder = try TemporaryFolder()
        let configuration = try BridgeConfiguration.loadAlone(environment: ["JARVIS_DATA_DIR": folder.url.path])
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Logger(label: "test"))
        let models = FakeModels(inventory: { ModelInventory(configuration, store, chosen: $0) }) {
            LoadedModel($0.id, bytes: 0)
        }
        let registry = ModelRegistry(models, .init())
        let voices: ModelSource<String> = registry.source(of: .tts)
        #expect(try await voices.id(nil) == "espeak-fr")
        try await registry.setDefault("espeak-en", for: .tts)
        #expect(try await voices.id(nil) == "espeak-en")
        #expect(await registry.snapshot().status(of: .tts).state == .healthy)
        for other in ["nonsense", "all-MiniLM-L6-v2"] {
            await #expect(throws: ServiceError.self) { try await registry.setDefault(other, for: .tts) }
        }
        #expect(try await voices.id(nil) == "espeak-en")
        try await registry.setDefault(nil, for: .tts)
        #expect(try await voices.id(nil) == "espeak-fr")
    }

    @Test func aDefaultThatIsRefusedIsSeenByNobody() async throws {
        let folder = try TemporaryFolder()
        let configuration = try BridgeConfiguration.loadAlone(environment: ["JARVIS_DATA_DIR": folder.url.path])
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Logger(label: "test"))
        let (isReading, goesOn) = (Watched(false), DispatchSemaphore(value: 0))
        let models = FakeModels(inventory: { chosen in
            if chosen[.tts] == "nonsense", !isReading.value {
                isReading.update { $0 = true }
                goesOn.wait()
            }
            return ModelInventory(configuration, store, chosen: chosen)
        }) { LoadedModel($0.id, bytes: 0) }
        let registry = ModelRegistry(models, .init())
        let voices: ModelSource<String> = registry.source(of: .tts)
        let refused = Task { try await registry.setDefault("nonsense", for: .tts) }
        try await isReading.wait { $0 }
        #expect(try await voices.id(nil) == "espeak-fr")
        try await registry.setDefault("espeak-en", for: .tts)
        goesOn.signal()
        await #expect(throws: ServiceError.self) { try await refused.value }
        #expect(try await voices.id(nil) == "espeak-en")
    }

    @Test func changesOnTheDiskAreKnownASecondLater() async throws {
        let loader = Loader()
        let registry = loader.registry()
        loader.disk.update { $0 = ModelInventory(defaults: [.stt: .init(id: "b")]) }
        loader.stamp.update { $0 = "2" }
        #expect(try await registry.models.id(nil) == "a")
        loader.clock.advance(by: .seconds(1))
        #expect(try await registry.models.id(nil) == "b")
        #expect(await registry.status.model == "b" && loader.reads.value == 2)
    }
}
