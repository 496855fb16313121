import BridgeSupport
import Foundation
import Testing

@testable import Audio

/// WAV files whose sizes were written early on, and never again, and those with sound in several places.
@Suite(.timeLimit(.minutes(2))) struct WAVSizeTests {
    private static let sound = WAVWriter.signed16(sine(300, seconds: 1, rate: 16_000))

    private func frames(_ wav: WAVBytes) throws -> Int? { try PCMReader(wav: wav.bytes).frameCount }

    @Test(arguments: [1, 2, 36, 4096, 16_001], [nil, 0] as [Int?])
    func soundBeyondItsSizeIsHeardAndSaid(size: Int, riff: Int?) async throws {
        // The size of the whole is as old as that of the data, right, or missing.
        for riffSize in [36 + size, nil, riff] {
            let reader = try PCMReader(wav: WAVBytes(riffSize: riffSize, dataSize: size, data: Self.sound).bytes)
            #expect(reader.frameCount == 16_000)
            let warnings = reader.warnings
            #expect(warnings.count == 1 && warnings.first?.contains("announces less sound") == true)
        }
    }

    @Test(arguments: [
        WAVBytes.chunk("LIST", [UInt8](repeating: 9, count: 1000)), WAVBytes.chunk("what", []),
        // Cut off, and tags that are not chunks.
        Array(WAVBytes.chunk("LIST", [UInt8](repeating: 9, count: 1000)).prefix(500)),
        Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 400),
        Array("ID3\u{4}".utf8) + [UInt8](repeating: 1, count: 900),
        [UInt8](repeating: 0, count: 100),
    ])
    func whatFollowsTheSoundIsNone(after: [UInt8]) async throws {
        for data in [Self.sound, Self.sound + [7]] {
            for padding in [[], [UInt8](repeating: 0, count: data.count % 2)] {
                let wav = WAVBytes(dataSize: data.count, data: data + padding, after: after)
                #expect(try frames(wav) == 16_000)
                #expect(try PCMReader(wav: wav.bytes).warnings.isEmpty)
            }
        }
    }

    @Test(arguments: [[], WAVBytes.chunk("LIST", [1, 2, 3, 4])])
    func anEmptyDataChunkBeforeTheSoundIsPassedBy(between: [UInt8]) async throws {
        let empty = WAVBytes.chunk("data", [])
        let wav = WAVBytes(data: Self.sound, between: empty + between)
        #expect(try frames(wav) == 16_000)
        #expect(try PCMReader(wav: wav.bytes).warnings.isEmpty)
    }

    /// Writers of tags forget to count them, or count them in another unit.
    @Test(arguments: [0, 1, 3, 5, 11, 13, 27, 1000, 30_000, 40_000, 0x7FFF_FFFF, 0xFFFF_FFFF])
    func aChunkWhoseSizeLiesHidesNoSound(size: Int) async throws {
        let body = Array("INFOICMT".utf8) + WAVBytes.little(6, 4) + Array("a data".utf8)
        let list = Array("LIST".utf8) + WAVBytes.little(size, 4) + body
        for wav in [WAVBytes(data: Self.sound, between: list), WAVBytes(data: Self.sound, before: list)] {
            #expect(try frames(wav) == 16_000)
            #expect(try PCMReader(wav: wav.bytes).warnings.isEmpty)
        }
        // Recorders that were cut off do not know the size of their sound either.
        for dataSize in [0, 0xFFFF_FFFF] {
            #expect(try frames(WAVBytes(riffSize: 0, dataSize: dataSize, data: Self.sound, between: list)) == 16_000)
        }
    }

    @Test(arguments: [17, 18, 20, 40])
    func aFormatWhoseSizeLiesHidesNoSound(size: Int) throws {
        // The size of the sound reads as letters.
        let sound = [UInt8](repeating: 0, count: 4000) + Self.sound.prefix(0x6141 - 4001) + [0]
        var bytes = WAVBytes(data: Array(sound)).bytes
        bytes.replaceSubrange(16..<20, with: WAVBytes.little(size, 4))
        #expect(try PCMReader(wav: bytes).frameCount == sound.count / 2)
    }

    @Test func withoutSoundNothingIsFound() throws {
        let list = WAVBytes.chunk("LIST", Array("some data of them, and fmt of others".utf8))
        let header = WAVBytes(data: Self.sound, between: list).bytes.prefix(36 + list.count)
        #expect(throws: ServiceError.self) { _ = try PCMReader(wav: Array(header)) }
    }

    @Test func aSecondPartIsSaid() async throws {
        let whole = WAVBytes(data: Self.sound).bytes
        let list = WAVBytes.chunk("LIST", [1, 2, 3, 4])
        for bytes in [
            whole + WAVBytes.chunk("data", Self.sound), whole + list + WAVBytes.chunk("data", Self.sound),
            whole + whole,
            whole + list + whole, whole + whole.prefix(20_000),
        ] {
            var source = try await opened(bytes, field: "file")
            #expect(try await source.rest().count == 16_000)
            let warnings = source.warnings
            if bytes.count > 2 * Self.sound.count {
                #expect(warnings.count == 1 && warnings.first?.hasPrefix("file: It has more than one part") == true)
            }
        }
    }

    @Test func wideSizesGrowOldToo() throws {
        for size in [0, 4096] {
            let sizes = WAVBytes.little(0, 8) + WAVBytes.little(size, 8) + WAVBytes.little(1, 8) + [0, 0, 0, 0]
            let wav = WAVBytes(
                riff: "RF64", riffSize: 0xFFFF_FFFF, dataSize: 0xFFFF_FFFF, data: Self.sound,
                before: WAVBytes.chunk("ds64", sizes))
            #expect(try frames(wav) == 16_000)
        }
    }
}
