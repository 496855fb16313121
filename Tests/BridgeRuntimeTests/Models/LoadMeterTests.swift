import BridgeSupport
import BridgeTesting
import ModelStore
import Testing
import WorkScheduling

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct LoadMeterTests {
    @Test func theGrowthOfTheProcessCountsWhereItIsPlausible() async throws {
        for (grown, expected) in [(130, 130), (50, 50), (400, 400), (49, 100), (401, 100), (-7, 100)] {
            let memory = Watched(1000)
            let meter = LoadMeter(memory: { memory.value }, giveBack: {})
            let loaded = try await meter.measure(files: 100) {
                memory.update { $0 += grown }
                return "model"
            }
            #expect(loaded.model == "model" && loaded.bytes == expected, "\(grown)")
        }
    }

    @Test func loadsAtTheSameTimeAreNotMeasured() async throws {
        let memory = Watched(1000)
        let meter = LoadMeter(memory: { memory.value }, giveBack: {})
        let outer = try await meter.measure(files: 100) {
            memory.update { $0 += 120 }
            return try await meter.measure(files: 50) {
                memory.update { $0 += 60 }
            }.bytes
        }
        #expect(outer.model == 50 && outer.bytes == 100)
        // The next one is alone again.
        #expect(try await meter.measure(files: 100) { memory.update { $0 += 120 } }.bytes == 120)
        #expect(try await LoadMeter(memory: { nil }, giveBack: {}).measure(files: 7) {}.bytes == 7)
    }

    @Test func whatOnlyTheLoadNeededIsGivenBackAndNotCounted() async throws {
        struct Damaged: Error {}
        // Work before the load has left 30.
        let (memory, free) = (Watched(1000), Watched(30))
        let meter = LoadMeter(
            memory: { memory.value },
            giveBack: {
                memory.update { $0 -= free.value }
                free.update { $0 = 0 }
            })
        func load() {
            memory.update { $0 += 160 }
            free.update { $0 += 40 }
        }
        #expect(try await meter.measure(files: 100, load).bytes == 120)
        #expect(memory.value == 1090)
        await #expect(throws: Damaged.self) {
            try await meter.measure(files: 100) {
                memory.update { $0 += 70 }
                free.update { $0 += 70 }
                throw Damaged()
            }
        }
        #expect(memory.value == 1090)
    }

    #if os(Linux)
        /// Small blocks, with one that stays behind them, so that the allocator would keep them.
        @Test func memoryOfAnUnloadedModelGoesBackToTheSystem() async throws {
            let last = Watched<[UInt8]>([])
            let models = FakeModels(inventory: { _ in ModelInventory(defaults: [:]) }) { _ in
                let weights = (0..<8192).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 32 << 10) }
                last.update { $0 = [UInt8](repeating: 1, count: 32 << 10) }
                return LoadedModel(weights, bytes: 256 << 20)
            }
            let registry = ModelRegistry(models, .init())
            let before = try #require(MachineMemory.own())
            try await registry.load(ModelKey(.stt, "a"))
            let loaded = try #require(MachineMemory.own())
            // Some of it may lie in what other tests have left to the allocator.
            #expect(loaded - before > 160 << 20)
            try registry.unload(ModelKey(.stt, "a"))
            await registry.unloads.run {}
            let after = try #require(MachineMemory.own())
            #expect(loaded - after > 160 << 20, "only \((loaded - after) >> 20) MiB went back")
            #expect(last.value.count == 32 << 10)
        }
    #endif
}
