import BridgeSupport
import BridgeTesting
import Foundation
import SystemPackage
import Testing
import WorkScheduling

@testable import Audio

@Suite(.timeLimit(.minutes(5))) struct ScratchFileTests {
    @Test func itHoldsBytesAndHasNoName() throws {
        let before = try names()
        let file = try ScratchFile(holding: MemoryBytes(bytes: [1, 2, 3]))
        #expect(try file.contents() == [1, 2, 3])
        #expect(try names().subtracting(before).filter { $0.hasPrefix("jarvis-audio-") }.isEmpty)
    }

    private func names() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path))
    }

    /// /dev/full is a disk without room.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDiskIsTheServersAffairAndShowsNoPath() throws {
        let error = try #require(throws: ServiceError.self) {
            _ = try ScratchFile(
                holding: MemoryBytes(bytes: [1]),
                try FileDescriptor.open("/dev/full", .readWrite, options: .closeOnExec))
        }
        #expect(error.code == .storageFull && error.cause != nil)
        #expect(error.message.contains("Free space") && error.message.contains("TMPDIR"))
        #expect(!error.message.contains("/"))
    }

    @Test(arguments: [Errno.noSpace, .diskQuotaExceeded, .fileTooLarge])
    func everyKindOfFull(errno: Errno) {
        #expect(ScratchFile.failure(errno).code == .storageFull)
    }

    @Test(arguments: [Errno.permissionDenied, .noSuchFileOrDirectory, .readOnlyFileSystem])
    func aFolderThatCannotBeUsedShowsNoPath(errno: Errno) {
        let error = ScratchFile.failure(errno)
        #expect(error.code == .internal && error.message.contains("TMPDIR") && !error.message.contains("/"))
    }

    /// 64 MiB would stop one of Swift's few threads for as long as the disk takes.
    @Test func noneOfSwiftsThreadsWritesIt() async throws {
        let mp3 = try await AudioEncoder.encode(
            samples: sine(440, seconds: 1, rate: 16_000), sampleRate: 16_000, format: .mp3)
        let bytes = WatchedBytes(bytes: mp3 + [UInt8](repeating: 0, count: 1 << 20))
        try await withThrowingTaskGroup(of: Void.self) { group in
            // What looks into the bytes before goes aside too, and is done by then.
            let start = try #require(try AudioStart.find(in: bytes))
            bytes.reads.update { $0 = 0 }
            try await holdingThreads(of: WorkScheduler.blockingWork) {
                group.addTask {
                    _ = try await AudioInput([]).throughFFmpeg(bytes, start, oddities: [])
                }
                try await waitUntil { WorkScheduler.blockingWork.waitingCount > 0 || bytes.reads.value > 0 }
                #expect(bytes.reads.value == 0)
            }
            try await group.waitForAll()
        }
        #expect(bytes.reads.value == 2)
    }
}

/// Counts how often it is read.
private struct WatchedBytes: ByteSource {
    let bytes: [UInt8]
    let reads = Watched(0)
    var count: Int { bytes.count }

    func read(at offset: Int, count: Int) -> [UInt8] {
        reads.update { $0 += 1 }
        return MemoryBytes(bytes: bytes).read(at: offset, count: count)
    }
}
