import Testing

/// One server for all cases of a test, since it takes far longer to start than to answer them. They ask ``current``.
///
/// The time limit of the suite is that of each case, and not that of the server's start and end.
struct SharedServer: TestTrait, TestScoping {
    @TaskLocal static var current: (server: TestServer, client: TestClient)?

    /// The server is around the test, not around each of its cases.
    func scopeProvider(for test: Test, testCase: Test.Case?) -> SharedServer? { testCase == nil ? self : nil }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let server = try TestServer()
        try await withoutActuallyEscaping(function) { function in
            try await server.run { client in
                try await Self.$current.withValue((server, client), operation: function)
            }
        }
    }
}

extension Trait where Self == SharedServer {
    static var sharedServer: SharedServer { SharedServer() }
}
