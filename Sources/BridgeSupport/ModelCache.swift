/// Keeps loaded models by id: loads each at most once at a time, shares a load between those who wait for it, and
/// lets go of the least recently used one when there are more than `capacity`.
///
/// A failed load is not remembered: the next caller tries again.
public actor ModelCache<Model: Sendable> {
    private struct Entry {
        var model: Model
        var lastUse: UInt64
    }

    private let capacity: Int
    private let load: @Sendable (_ id: String) async throws -> Model
    private var entries: [String: Entry] = [:]
    private var loads: [String: Task<Model, any Error>] = [:]
    private var uses: UInt64 = 0
    /// The text of the newest failed load, until one succeeds.
    public private(set) var lastError: String?

    public init(capacity: Int, load: @escaping @Sendable (_ id: String) async throws -> Model) {
        self.capacity = max(1, capacity)
        self.load = load
    }

    public var loadedIDs: [String] { entries.keys.sorted() }
    public func isLoaded(_ id: String) -> Bool { entries[id] != nil }

    /// The model `id`, loaded if it was not.
    ///
    /// The load belongs to all who wait for it, so it goes on when one of them is cancelled.
    public func model(_ id: String) async throws -> Model {
        uses += 1
        if var entry = entries[id] {
            entry.lastUse = uses
            entries[id] = entry
            return entry.model
        }
        let loading: Task<Model, any Error>
        if let running = loads[id] {
            loading = running
        } else {
            loading = Task { try await load(id) }
            loads[id] = loading
        }
        defer { loads[id] = nil }
        do {
            let model = try await loading.value
            lastError = nil
            entries[id] = Entry(model: model, lastUse: uses)
            evict(keeping: id)
            return model
        } catch {
            lastError = (error as? ServiceError)?.message ?? "\(error)"
            throw error
        }
    }

    /// Forgets `id`; whoever still uses it keeps it alive until done.
    public func unload(_ id: String) { entries[id] = nil }

    private func evict(keeping id: String) {
        while entries.count > capacity {
            guard let oldest = entries.filter({ $0.key != id }).min(by: { $0.value.lastUse < $1.value.lastUse }) else {
                return
            }
            entries[oldest.key] = nil
        }
    }
}
