import Testing

@testable import BridgeSupport

/// What a client asks for must not look like the state of the service.
struct BadInputModelCacheTests {
    @Test(arguments: [ServiceError.Code.modelNotFound, .voiceNotFound])
    func aNameThatIsNotThereIsNoFailedLoad(_ code: ServiceError.Code) async {
        let cache = ModelCache<Int>(capacity: 1) { _ in throw ServiceError(code, "There is no such model.") }
        await #expect(throws: ServiceError.self) { try await cache.model("../../etc/passwd") }
        #expect(await cache.lastError == nil)
    }

    @Test func aDamagedModelIsOne() async {
        let cache = ModelCache<Int>(capacity: 1) { id in
            throw ServiceError(id == "damaged" ? .modelNotInstalled : .modelNotFound, "\(id) cannot be loaded.")
        }
        for id in ["damaged", "unknown"] { await #expect(throws: ServiceError.self) { try await cache.model(id) } }
        #expect(await cache.lastError == "damaged cannot be loaded.")
    }
}
