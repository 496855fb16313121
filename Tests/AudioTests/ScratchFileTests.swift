import BridgeSupport
import Foundation
import SystemPackage
import Testing

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
}
