public import BridgeSupport
import Logging
import Redis

extension BridgeConfiguration {
    /// Where Redis is; nil if none is used. The password of `redis.password`, and the database of `redis.database`, count where the
    /// address has none.
    var redisAddress: RedisAddress? {
        guard var address = self[Keys.redisAddress] else { return nil }
        if address.password == nil, !self[Keys.redisPassword].isEmpty { address.password = self[Keys.redisPassword] }
        if address.database == nil { address.database = self[Keys.redisDatabase] }
        return address
    }

    /// Asks Redis for a sign of life.
    ///
    /// - Returns: its address, without a password; nil if none is configured.
    /// - Throws: `invalid_request` saying what is wrong with the settings, or why Redis cannot be used.
    public func checkRedis() async throws(ServiceError) -> String? {
        let client = try redisClient(
            logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }, clock: ContinuousClock())
        guard let client, let address = redisAddress else { return nil }
        defer { client.drop() }
        do { _ = try await client.send([RedisCommand("PING")]) } catch {
            let reason = (error as? RedisError)?.reason ?? "\(error)"
            throw .invalid(
                Keys.redisAddress.name,
                "\(address) cannot be used: \(reason). The server works without it; check \(Keys.redisAddress.names).")
        }
        return "\(address)"
    }

    /// A client of the Redis that is configured; nil if none is.
    ///
    /// - Throws: `invalid_request` if the settings do not go together, or the certificates cannot be read.
    func redisClient(logger: Logger, clock: any Clock<Duration>) throws(ServiceError) -> RedisClient? {
        let authorities = self[Keys.redisAuthorities]
        guard let address = redisAddress else {
            if let stray = [Keys.redisPassword, Keys.redisAuthorities].first(where: { !self[$0].isEmpty }) {
                throw .invalid(
                    stray.name, "\(stray.name) is set, but no Redis is: set \(Keys.redisAddress.names) as well.")
            }
            return nil
        }
        guard authorities.isEmpty || address.isEncrypted else {
            throw .invalid(
                Keys.redisAuthorities.name,
                "\(Keys.redisAuthorities.name) is for TLS, which \(Keys.redisAddress.name) does not ask for: let it begin with rediss://."
            )
        }
        return try RedisClient(
            .init(
                address: address, authorities: authorities.isEmpty ? nil : authorities,
                authoritiesName: Keys.redisAuthorities.name, timeout: .milliseconds(self[Keys.redisTimeout])),
            logger: logger, clock: clock)
    }
}
