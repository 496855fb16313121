import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct OpenFilesTests {
    /// The rest is for connections that are refused or leave, and for all that is not a connection.
    @Test(arguments: [(1 << 20, 1024), (1352, 1024), (1351, 1023), (400, 72), (256, 16), (0, 16)])
    func fewFilesAllowFewConnections(files: Int, connections: Int) {
        #expect(OpenFiles.connections(wanted: 1024, files: files) == connections)
    }
}
