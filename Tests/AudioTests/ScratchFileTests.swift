import BridgeSupport
import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import Audio

/// An MP3 of 2 MiB, by its first bytes, that notes on which threads much of it is read.
private final class SlowBytes: ByteSource {
    let count = 2 << 20
    let threads = Mutex<[String]>([])

    func read(at offset: Int, count: Int) -> [UInt8] {
        if count >= 1 << 20 { threads.withLock { $0.append(Thread.current.name ?? "") } }
        let end = min(self.count, offset + count)
        guard offset < end else { return [] }
        return (offset..<end).map { $0 < 3 ? Array("ID3".utf8)[$0] : 0 }
    }
}

@Suite(.timeLimit(.minutes(5))) struct ScratchFileTests {
    @Test func itHoldsBytesAndHasNoName() throws {
        let before = try names()
        let file = try ScratchFile(holding: MemoryBytes(bytes: [1, 2, 3]))
        #expect(try file.contents() == [1, 2, 3])
        #expect(try names().subtracting(before).filter { $0.hasPrefix("jarvis-audio-") }.isEmpty)
    }

    /// Writing 64 MiB would stop one of Swift's few threads.
    @Test func itIsWrittenOnAThreadThatMayBlock() async throws {
        let audio = SlowBytes()
        // What FFmpeg makes of it does not matter here.
        _ = try? await AudioInput([0]).decoded(audio)
        let threads = audio.threads.withLock { $0 }
        #expect(threads.count >= 2 && threads.allSatisfy { $0.hasPrefix("jarvis.") }, "\(threads)")
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
}
