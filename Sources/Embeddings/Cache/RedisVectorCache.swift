public import BridgeSupport
import Crypto
public import Logging
public import Redis
import Synchronization

/// A cache that several servers share. A lookup is one MGET, and what is remembered goes out as one batch of SETs; both wait for Redis no
/// longer than its client does. Redis lets go of vectors after their lifetime, or when it needs the memory.
///
/// Where Redis refuses to keep more, as a full one does, it is still asked for what it has; whether it takes something again is
/// tried after pauses.
public final class RedisVectorCache: VectorCache {
    private struct State {
        var hits = 0
        var misses = 0
        var writes = CircuitBreaker(.init(failures: 1))
    }

    private let client: RedisClient
    private let prefix: String
    private let lifetime: Duration
    private let state = Mutex(State())
    private let logger: Logger
    private let elapsed: @Sendable () -> Duration

    /// - Parameters:
    ///   - prefix: what all keys begin with, so that others may use the same Redis.
    ///   - lifetime: in whole seconds; zero lets Redis keep them.
    public init(
        _ client: RedisClient, prefix: String, lifetime: Duration, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        (self.client, self.prefix, self.lifetime, self.logger) = (client, prefix + "vector:", lifetime, logger)
        elapsed = clock.stopwatch()
    }

    /// PREFIX`vector:`MODEL`:`FINGERPRINT`:`TYPE`:`SHA-256 of the text.
    func name(of key: VectorCacheKey) -> [UInt8] {
        let digest = SHA256.hash(data: Array(key.text.utf8)).flatMap { [Self.digit($0 >> 4), Self.digit($0 & 15)] }
        return Array("\(prefix)\(key.space.model):\(key.space.fingerprint):\(key.type.rawValue):".utf8) + digest
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// A value that is not a vector as the model makes them counts as not found, whatever it is.
    public func vectors(for keys: [VectorCacheKey]) async -> [EmbeddedText?] {
        let nothing = [EmbeddedText?](repeating: nil, count: keys.count)
        guard !keys.isEmpty, client.status.isUp,
            case .array(let values)? = try? await client.send([RedisCommand("MGET", keys.map(name))]).first,
            values.count == keys.count
        else { return nothing }
        let found = zip(keys, values).map { key, value -> EmbeddedText? in
            guard case .bytes(let bytes) = value else { return nil }
            return VectorBytes.text(of: bytes, dimension: key.space.dimension)
        }
        let hits = found.count { $0 != nil }
        state.withLock {
            $0.hits += hits
            $0.misses += found.count - hits
        }
        return found
    }

    /// Returns when Redis has them, or after the client's timeout.
    public func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) async {
        guard !entries.isEmpty, client.status.isUp, let pass = state.withLock({ $0.writes.permit(at: elapsed()) })
        else { return }
        let end = lifetime > .zero ? [Array("EX".utf8), Array("\(lifetime.components.seconds)".utf8)] : []
        let commands = entries.map {
            RedisCommand("SET", [name(of: $0.key), VectorBytes.bytes(of: $0.value)] + end)
        }
        guard let answers = try? await client.send(commands) else {
            return state.withLock { $0.writes.abandoned(pass, at: elapsed()) }
        }
        note(refusal: answers.lazy.compactMap(\.errorCode).first, pass)
    }

    private func note(refusal: String?, _ pass: CircuitBreaker.Pass) {
        if let refusal {
            guard state.withLock({ $0.writes.failed(pass, at: elapsed()) }) else { return }
            logger.warning(
                "Redis takes no more vectors, as if it were full. It is still asked for those that it has.",
                metadata: ["code": "\(refusal.prefix(40))"])
        } else if state.withLock({ $0.writes.succeeded(pass) }) {
            logger.notice("Redis takes vectors again.")
        }
    }

    /// Entries and bytes are not counted: that would take a walk through all of Redis.
    public func statistics() -> VectorCacheStatistics {
        let (hits, misses) = state.withLock { ($0.hits, $0.misses) }
        let status = client.status
        return VectorCacheStatistics(
            backend: "redis", entries: nil, bytes: nil, hits: hits, misses: misses, isUp: status.isUp,
            failures: status.failures)
    }

    /// Deletes what begins with our prefix, for all servers that share it.
    public func clear() async throws(ServiceError) {
        let pattern = prefix.reduce(into: "") { $0 += "*?[]^-\\".contains($1) ? "\\\($1)" : "\($1)" } + "*"
        var cursor = "0"
        do {
            repeat {
                let answer = try await client.send([
                    RedisCommand("SCAN", texts: [cursor, "MATCH", pattern, "COUNT", "1000"])
                ]).first
                guard case .array(let parts)? = answer, parts.count == 2, case .bytes(let next) = parts[0],
                    case .array(let names) = parts[1]
                else { throw RedisError.protocolViolation("SCAN was not answered with names") }
                cursor = String(decoding: next, as: UTF8.self)
                let found = names.compactMap { if case .bytes(let name) = $0 { name } else { nil } }
                if !found.isEmpty { _ = try await client.send([RedisCommand("UNLINK", found)]) }
            } while cursor != "0"
        } catch {
            let reason = (error as? RedisError)?.reason ?? "the request was ended"
            throw ServiceError(
                .overloaded,
                "The vectors in Redis could not be deleted, or not all of them: \(reason). Those in memory are gone. Try again later.",
                retryAfter: .seconds(5), cause: error)
        }
        state.withLock { ($0.hits, $0.misses) = (0, 0) }
    }
}
