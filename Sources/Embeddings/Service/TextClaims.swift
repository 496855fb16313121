/// Which requests wait for which text, so that one that several of them have is computed once. A pure struct.
///
/// The first claim on a text is the one in whose turn it is computed. When its request leaves, the next one inherits the text, which has
/// to be queued for it then.
struct TextClaims {
    private var claims: [VectorCacheKey: [BatchQueue.Item]] = [:]

    /// Whether no request waits for anything.
    var isEmpty: Bool { claims.isEmpty }

    /// - Returns: whether `item` is the first that claims the text.
    mutating func add(_ item: BatchQueue.Item, on key: VectorCacheKey) -> Bool {
        claims[key, default: []].append(item)
        return claims[key]?.count == 1
    }

    /// The text has its vector: all that wait for it, no longer.
    mutating func settle(_ key: VectorCacheKey) -> [BatchQueue.Item] { claims.removeValue(forKey: key) ?? [] }

    /// All that wait for the text.
    func waiting(for key: VectorCacheKey) -> [BatchQueue.Item] { claims[key] ?? [] }

    /// A request waits for none of its texts any more.
    ///
    /// - Returns: the texts of other requests that have inherited a text from it.
    mutating func leave(_ request: BatchQueue.RequestID, keys: [VectorCacheKey]) -> [BatchQueue.Item] {
        keys.compactMap { key in
            guard let old = claims[key] else { return nil }
            let rest = old.filter { $0.request != request }
            claims[key] = rest.isEmpty ? nil : rest
            return old.first?.request == request ? rest.first : nil
        }
    }
}
