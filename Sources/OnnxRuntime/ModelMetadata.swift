internal import COnnxRuntime

/// What the author of a model wrote into its file.
public struct ModelMetadata: Sendable, Hashable {
    /// The name of the program that wrote the model.
    public var producer: String
    /// The name of the main graph.
    public var graphName: String
    /// What the model is, in its author's words; often empty.
    public var description: String
    /// The author's own count.
    public var version: Int64
    /// Arbitrary keys and values.
    public var custom: [String: String]

    init(_ api: EngineAPI, _ session: OpaquePointer) throws {
        let operation = "read the model's metadata"
        var handle: OpaquePointer?
        try unsafe api.check(operation, unsafe jb_SessionGetModelMetadata(api.table, session, &handle))
        defer { unsafe jb_ReleaseModelMetadata(api.table, handle) }
        var text: UnsafeMutablePointer<CChar>?
        try unsafe api.check(operation, unsafe jb_ModelMetadataGetProducerName(api.table, handle, api.allocator, &text))
        producer = unsafe api.take(text)
        unsafe text = nil
        try unsafe api.check(operation, unsafe jb_ModelMetadataGetGraphName(api.table, handle, api.allocator, &text))
        graphName = unsafe api.take(text)
        unsafe text = nil
        try unsafe api.check(operation, unsafe jb_ModelMetadataGetDescription(api.table, handle, api.allocator, &text))
        description = unsafe api.take(text)
        var number: Int64 = 0
        try unsafe api.check(operation, unsafe jb_ModelMetadataGetVersion(api.table, handle, &number))
        version = number
        custom = unsafe try Self.customEntries(api, handle)
    }

    private static func customEntries(_ api: EngineAPI, _ handle: OpaquePointer?) throws -> [String: String] {
        let operation = "read the model's metadata"
        var keys: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int64 = 0
        try unsafe api.check(operation, unsafe jb_ModelMetadataKeys(api.table, handle, api.allocator, &keys, &count))
        guard let keys = unsafe keys else { return [:] }
        defer { unsafe jb_ReleaseStatus(api.table, jb_AllocatorFree(api.table, api.allocator, keys)) }
        var entries: [String: String] = [:]
        for index in 0..<Int(count) {
            let key = unsafe api.take(keys[index])
            var value: UnsafeMutablePointer<CChar>?
            try unsafe api.check(
                operation, unsafe jb_ModelMetadataLookup(api.table, handle, api.allocator, key, &value))
            entries[key] = unsafe api.take(value)
        }
        return entries
    }
}
