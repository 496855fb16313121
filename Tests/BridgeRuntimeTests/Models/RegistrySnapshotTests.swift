import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing

@testable import BridgeRuntime

private struct Broken: Error {}

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
