import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing

@testable import BridgeRuntime

private struct Broken: Error {}

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
