import BridgeTesting
import Foundation
import ModelStore
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct MachineMemoryTests {
    private let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    private func write(_ path: String, _ text: String) throws {
        let file = root.url.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private var limit: Int { MachineMemory.limit(machine: 16 << 30, root: root.url) }

    @Test func memoryIsTheMachinesWithoutALimitingGroup() throws {
        #expect(limit == 16 << 30)
        try write("proc/self/cgroup", "0::/user.slice\n")
        try write("sys/fs/cgroup/user.slice/memory.max", "max\n")
        #expect(limit == 16 << 30)
    }

    @Test func memoryIsTheLeastOfTheGroupsAroundTheProcess() throws {
        try write("proc/self/cgroup", "12:pids:/old\n0::/system.slice/jarvis.service\n")
        try write("sys/fs/cgroup/system.slice/memory.max", "4294967296\n")
        #expect(limit == 4 << 30)
        try write("sys/fs/cgroup/system.slice/jarvis.service/memory.max", "2147483648\n")
        #expect(limit == 2 << 30)
    }

    @Test func memoryIsTheContainersWhereItsGroupIsTheRoot() throws {
        try write("proc/self/cgroup", "0::/\n")
        try write("sys/fs/cgroup/memory.max", "1073741824\n")
        #expect(limit == 1 << 30)
    }

    @Test func aFileWithoutANumberIsNoLimit() throws {
        try write("sys/fs/cgroup/memory.max", "99999999999999999999999\n")
        #expect(limit == 16 << 30)
    }

    @Test func modelsShareTheMemoryAsConfigured() throws {
        let settings = { (flags: [String: String]) in
            ModelRegistry.Settings(try BridgeConfiguration.loadAlone(environment: [:], flags: flags))
        }
        #expect(try settings(["models.memory": "300"]).memory == 300 << 20)
        #expect(try settings([:]).memory == MachineMemory.limit() / 2)
        #expect(try settings([:]).idleTime == .seconds(1800) && settings([:]).idleTimes.isEmpty)
        #expect(try settings(["models.idle": "90", "models.idle_tts": "0"]).idleTimes == [.tts: .zero])
        #expect(try settings(["models.idle": "90"]).idleTime == .seconds(90))
    }
}
