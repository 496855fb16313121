import BridgeSupport
import BridgeTesting
import Foundation
import OnnxRuntime
import Testing
import WorkScheduling

/// The engine's Linux wheel reports usage to its maker by default, from a thread and files of its own.
@Suite(.timeLimit(.minutes(5))) struct TelemetryTests {
    private static let homes = [
        "HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
    ]

    /// In a process of its own, with places of its own to write to: nothing appears there, and no thread but the pool's.
    @Test func leavesNoFileAndNoThread() async {
        await #expect(processExitsWith: .success) {
            let folder = try ScratchFolder()
            // By its path, as the home of this process moves.
            let library = try TestData.engineLibrary()
            let model = try Fixture.path("arithmetic.onnx")
            for name in Self.homes {
                try FileManager.default.createDirectory(
                    atPath: folder.path + "/" + name, withIntermediateDirectories: false)
                setenv(name, folder.path + "/" + name, 1)
            }
            unsetenv("ORT_DISABLE_TELEMETRY")
            // Pools of low priority share a thread of this project's; it is not the engine's.
            let pool = WorkerPool("test", threads: 1, priority: .low)
            let before = try Self.threads()
            defer { withExtendedLifetime(pool) {} }
            let engine = try OnnxRuntime.load(.init(libraryPath: library, intraOpThreads: 3))
            let session = try InferenceSession(engine, modelAt: model)
            let row = try Tensor([1, 2, 3] as [Float], shape: [1, 3])
            _ = try session.runBlocking(["x": row, "y": row])
            // The uploader starts with the environment; its files come a little later. No await here: it could start
            // threads of Swift.
            usleep(500_000)
            let started = try Self.threads().subtracting(before)
            #expect(started.count == 2, "A pool of three, the caller's thread included, starts two: \(started)")
            #expect(FileManager.default.subpaths(atPath: folder.path)?.sorted() == Self.homes.sorted())
        }
    }

    /// Changing the environment is not safe once there are threads, so it is done only where it must be.
    @Test func leavesTheVariableAloneThatIsSet() async {
        await #expect(processExitsWith: .success) {
            let name = "ORT_DISABLE_TELEMETRY"
            let entry = try #require(strdup("\(name)=1"))
            putenv(entry)
            let value = getenv(name)
            OnnxRuntime.disableTelemetry()
            #expect(getenv(name) == value)
            for other in ["0", ""] {
                setenv(name, other, 1)
                OnnxRuntime.disableTelemetry()
                #expect(getenv(name).map { String(cString: $0) } == "1")
            }
        }
    }

    private static func threads() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))
    }
}
