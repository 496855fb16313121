import BridgeSupport
import NIOSSL

extension RedisClient {
    /// Whom to ask, and how long to wait.
    public struct Settings: Sendable {
        /// Where it listens, and as whom to ask.
        public var address: RedisAddress
        /// A file of certificates (PEM) to trust in place of the system's; nil for the system's.
        public var authorities: String?
        /// What errors call `authorities`.
        public var authoritiesName: String
        /// From the sending of commands to the last answer; the same for a connection to be made.
        public var timeout: Duration
        /// When it counts as failed.
        public var breaker: CircuitBreaker.Settings

        /// Certificates are those of the system, and answers come within a quarter of a second, unless told.
        public init(
            address: RedisAddress, authorities: String? = nil, authoritiesName: String = "redis.ca",
            timeout: Duration = .milliseconds(250), breaker: CircuitBreaker.Settings = .init()
        ) {
            (self.address, self.authorities, self.authoritiesName) = (address, authorities, authoritiesName)
            (self.timeout, self.breaker) = (timeout, breaker)
        }

        /// How to prove who the server is; nil where TLS is not asked for.
        func tls() throws(ServiceError) -> NIOSSLContext? {
            guard address.isEncrypted else { return nil }
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let authorities { configuration.trustRoots = .file(authorities) }
            do { return try NIOSSLContext(configuration: configuration) } catch {
                throw .invalid(
                    authoritiesName,
                    "\(authorities ?? "The system's list of certificates") holds no certificates that can be read: \(authoritiesName) must name a file of them in PEM form."
                )
            }
        }
    }

    /// The commands with which a connection begins.
    static func greeting(_ address: RedisAddress) -> [RedisCommand] {
        let name = address.user.map { [$0] } ?? []
        let login = address.password.map { [RedisCommand("AUTH", texts: name + [$0])] } ?? []
        let database = address.database ?? 0
        return login + (database == 0 ? [] : [RedisCommand("SELECT", texts: ["\(database)"])])
    }
}
