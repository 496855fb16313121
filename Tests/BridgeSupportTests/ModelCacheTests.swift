import BridgeSupport
import BridgeTesting
import Testing

@Suite("The model cache", .timeLimit(.minutes(1)))
struct ModelCacheTests {
    struct Broken: Error {}

    /// Loads that a test holds up, lets fail, and counts.
    final class Loader: Sendable {
        let gate: Gate
        let started = Watched<[String]>([])
        let files = Watched("1")
        let failure = Watched<(any Error)?>(nil)

        init(gate: Gate = Gate(open: true)) { self.gate = gate }

        func load(_ id: String) async throws -> String {
            started.update { $0.append(id) }
            try await gate.pass()
            if let failure = failure.value { throw failure }
            return "model \(id)"
        }

        func cache(capacity: Int = 2, clock: any Clock<Duration> = ContinuousClock()) -> ModelCache<String> {
            ModelCache(capacity: capacity, clock: clock, files: { _ in self.files.value }) { try await self.load($0) }
        }
    }

    @Test("loads a model once")
    func once() async throws {
        let loader = Loader()
        let cache = loader.cache()
        for _ in 0..<3 { #expect(try await cache.model("a") == "model a") }
        #expect(loader.started.value == ["a"])
        #expect(await cache.isLoaded("a"))
        #expect(await !cache.isLoaded("b"))
    }

    @Test("shares one load between all who wait for it")
    func singleFlight() async throws {
        let loader = Loader(gate: Gate())
        let cache = loader.cache()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.model("a") } }
            try await loader.gate.arrivals(atLeast: 1)
            loader.gate.open()
            for try await model in group { #expect(model == "model a") }
        }
        #expect(loader.started.value == ["a"])
    }

    @Test("loads different models side by side")
    func parallel() async throws {
        let loader = Loader(gate: Gate())
        let cache = loader.cache()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in ["a", "b"] { group.addTask { _ = try await cache.model(id) } }
            try await loader.gate.arrivals(atLeast: 2)
            loader.gate.open()
            try await group.waitForAll()
        }
        #expect(await cache.loadedIDs == ["a", "b"])
    }

    @Test("tries again after a failed load when it is time, and tells of the failure until then")
    func failure() async throws {
        let (loader, clock) = (Loader(), ManualClock())
        let cache = loader.cache(clock: clock)
        loader.failure.update { $0 = ServiceError(.internal, "The file is cut off.") }
        for _ in 0..<3 { await #expect(throws: ServiceError.self) { try await cache.model("a") } }
        #expect(loader.started.value.count == 1)
        #expect(await cache.lastError == "The file is cut off.")
        loader.failure.update { $0 = Broken() }
        clock.advance(by: .seconds(1))
        await #expect(throws: Broken.self) { try await cache.model("a") }
        #expect(await cache.lastError == "Broken()")
        #expect(await cache.loadedIDs == [])
        loader.failure.update { $0 = nil }
        clock.advance(by: .seconds(1.5))
        await #expect(throws: Broken.self) { try await cache.model("a") }
        clock.advance(by: .seconds(0.5))
        #expect(try await cache.model("a") == "model a")
        #expect(await cache.lastError == nil)
        #expect(loader.started.value.count == 3)
    }

    @Test("tries again at once when the files have changed")
    func changedFiles() async throws {
        let loader = Loader()
        let cache = loader.cache(clock: ManualClock())
        loader.failure.update { $0 = Broken() }
        await #expect(throws: Broken.self) { try await cache.model("a") }
        loader.failure.update { $0 = nil }
        await #expect(throws: Broken.self) { try await cache.model("a") }
        loader.files.update { $0 = "2" }
        #expect(try await cache.model("a") == "model a")
    }

    @Test("fails all who wait for a load that fails")
    func sharedFailure() async throws {
        let loader = Loader(gate: Gate())
        loader.failure.update { $0 = Broken() }
        let cache = loader.cache()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask { await #expect(throws: Broken.self) { try await cache.model("a") } }
            }
            try await loader.gate.arrivals(atLeast: 1)
            loader.gate.open()
            try await group.waitForAll()
        }
    }

    @Test("lets go of the least recently used model")
    func eviction() async throws {
        let cache = Loader().cache(capacity: 2)
        for id in ["a", "b", "a", "c"] { _ = try await cache.model(id) }
        #expect(await cache.loadedIDs == ["a", "c"])
    }

    @Test("forgets a model when asked, and loads it again")
    func unload() async throws {
        let loader = Loader()
        let cache = loader.cache()
        _ = try await cache.model("a")
        await cache.unload("a")
        #expect(await cache.loadedIDs == [])
        _ = try await cache.model("a")
        #expect(loader.started.value == ["a", "a"])
    }

    @Test("lets a cancelled caller go at once while the load goes on for the others")
    func oneLeaves() async throws {
        let loader = Loader(gate: Gate())
        let cache = loader.cache()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let model = try await cache.model("a")
                #expect(model == "model a")
            }
            try await loader.gate.arrivals(atLeast: 1)
            await withTaskGroup(of: Void.self) { leaving in
                leaving.addTask { await #expect(throws: CancellationError.self) { try await cache.model("a") } }
                leaving.cancelAll()
            }
            loader.gate.open()
            try await group.waitForAll()
        }
        #expect(loader.started.value == ["a"])
    }

    @Test("tells how the model is that answers by default")
    func status() async throws {
        let loader = Loader(gate: Gate())
        let cache = loader.cache()
        let load = AdmissionLimiter.Snapshot(running: 1, queued: 2)
        let status = { (id: String?) in await cache.status(of: id, missing: "Install one.", load) }
        let none = await status(nil)
        #expect(none.state == .unavailable && none.message == "Install one." && none.queued == 2 && none.running == 1)
        #expect(await status("a") == ServiceStatus(state: .healthy, model: "a", queued: 2, running: 1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await cache.model("a") }
            try await loader.gate.arrivals(atLeast: 1)
            let loading = await status("a")
            #expect(loading.state == .degraded && !loading.loaded && loading.message == "a is being loaded.")
            loader.gate.open()
            try await group.waitForAll()
        }
        let loaded = await status("a")
        #expect(loaded.state == .healthy && loaded.loaded && loaded.message == nil)
        loader.failure.update { $0 = ServiceError(.internal, "The file is cut off.") }
        await #expect(throws: ServiceError.self) { try await cache.model("b") }
        let broken = await status("b")
        #expect(broken.state == .unavailable && broken.message == "b could not be loaded. The file is cut off.")
        // Another model's failure is told, and does not take the service down.
        let other = await status("a")
        #expect(other.state == .healthy && other.lastError == "The file is cut off.")
    }

    @Test("goes on with a load that everybody has left, and keeps its result", arguments: [1, 20])
    func everybodyLeaves(times: Int) async throws {
        let loader = Loader(gate: Gate())
        let cache = loader.cache()
        for _ in 0..<times {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { await #expect(throws: CancellationError.self) { try await cache.model("a") } }
                }
                try await loader.gate.arrivals(atLeast: 1)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        loader.gate.open()
        while await !cache.isLoaded("a") { await Task.yield() }
        #expect(try await cache.model("a") == "model a")
        #expect(loader.started.value == ["a"])
    }

    @Test("lets callers join a load that others have left")
    func joining() async throws {
        let loader = Loader(gate: Gate())
        let cache = loader.cache()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: CancellationError.self) { try await cache.model("a") } }
            try await loader.gate.arrivals(atLeast: 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        async let model = cache.model("a")
        loader.gate.open()
        #expect(try await model == "model a")
        #expect(loader.started.value == ["a"])
    }
}
