import BridgeSupport
import Foundation
import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(5))) struct WAVReaderTests {
    @Test func eightBits() async throws {
        let wav = WAVBytes(bits: 8, data: [128, 0, 255, 192]).bytes
        #expect(try await PCMReader(wav: wav).all() == [0, -1, 127.0 / 128, 0.5])
    }

    @Test func sixteenBits() async throws {
        let wav = WAVBytes(data: [0, 0, 0xFF, 0x7F, 0, 0x80, 0, 0x40]).bytes
        #expect(try await PCMReader(wav: wav).all() == [0, 32_767.0 / 32_768, -1, 0.5])
    }

    @Test func twentyFourBits() async throws {
        let wav = WAVBytes(bits: 24, data: [0xFF, 0xFF, 0x7F, 0, 0, 0x80, 0, 0, 0xC0, 1, 0, 0]).bytes
        #expect(try await PCMReader(wav: wav).all() == [8_388_607.0 / 8_388_608, -1, -0.5, 1.0 / 8_388_608])
    }

    @Test func twentyFourBitsInFourBytes() async throws {
        let wav = WAVBytes(bits: 24, blockAlign: 4, data: [0, 0, 0, 0x40, 0, 0, 0, 0x80]).bytes
        #expect(try await PCMReader(wav: wav).all() == [0.5, -1])
        // A block size alone is not believed.
        var wrong = WAVBytes(bits: 24, blockAlign: 4, data: [0, 0, 0x40, 0, 0, 0x80]).bytes
        wrong[29] = 0
        #expect(try await PCMReader(wav: wrong).all() == [0.5, -1])
    }

    @Test func thirtyTwoBits() async throws {
        let wav = WAVBytes(bits: 32, data: [0, 0, 0, 0x80, 0, 0, 0, 0x40]).bytes
        #expect(try await PCMReader(wav: wav).all() == [-1, 0.5])
    }

    @Test func floats() async throws {
        let values: [Float] = [0, 0.25, -1, 1]
        let single = WAVBytes(tag: 3, bits: 32, data: values.flatMap { WAVBytes.little(Int($0.bitPattern), 4) }).bytes
        #expect(try await PCMReader(wav: single).all() == values)
        let doubles = values.flatMap { WAVBytes.little(Int(truncatingIfNeeded: Double($0).bitPattern), 8) }
        #expect(try await PCMReader(wav: WAVBytes(tag: 3, bits: 64, data: doubles).bytes).all() == values)
    }

    @Test func extensible() async throws {
        let integers = WAVBytes(bits: 24, extensible: 1, data: [0, 0, 0x40]).bytes
        #expect(try await PCMReader(wav: integers).all() == [0.5])
        let floats = WAVBytes(bits: 32, extensible: 3, data: WAVBytes.little(Int(Float(0.5).bitPattern), 4)).bytes
        #expect(try await PCMReader(wav: floats).all() == [0.5])
    }

    @Test func channelsAreMixedByTheirMean() async throws {
        let stereo = WAVBytes(channels: 2, data: [0, 0x40, 0, 0, 0, 0x40, 0, 0xC0]).bytes
        var reader = try PCMReader(wav: stereo)
        #expect(reader.layout.channels == 2 && reader.frameCount == 2)
        #expect(try await reader.rest() == [0.25, 0])
        let six = WAVBytes(channels: 6, data: Array(repeating: [0, 0x40], count: 6).flatMap { $0 }).bytes
        #expect(try await PCMReader(wav: six).all() == [0.5])
    }

    @Test func otherChunksAreSkippedAlsoOddOnes() async throws {
        let odd = WAVBytes.chunk("LIST", [1, 2, 3]) + [0]
        let wav = WAVBytes(
            data: [0, 0x40], before: odd, between: odd + WAVBytes.chunk("fact", [0, 0, 0, 0]), after: odd)
        #expect(try await PCMReader(wav: wav.bytes).all() == [0.5])
    }

    @Test func aForgottenPaddingByteIsForgiven() async throws {
        let unpadded = WAVBytes.chunk("LIST", [1, 2, 3])
        #expect(try await PCMReader(wav: WAVBytes(data: [0, 0x40], before: unpadded).bytes).all() == [0.5])
        #expect(try await PCMReader(wav: WAVBytes(data: [0, 0x40], between: unpadded).bytes).all() == [0.5])
    }

    @Test func theFormatMayFollowTheData() async throws {
        let wav = WAVBytes(data: [0, 0x40], after: WAVBytes().format, hasFormat: false)
        #expect(try await PCMReader(wav: wav.bytes).all() == [0.5])
    }

    // MARK: Sizes that lie

    @Test(arguments: [100, 0x7FFF_F000, 0xFFFF_FFFE, 0xFFFF_FFFF])
    func aDataChunkThatClaimsTooMuchEndsWithTheBytes(size: Int) async throws {
        #expect(
            try await PCMReader(wav: WAVBytes(dataSize: size, data: [0, 0x40, 0, 0x20]).bytes).all() == [0.5, 0.25])
    }

    @Test(arguments: [0, 0xFFFF_FFFF])
    func aStreamOfUnknownSizeGoesOnToTheEnd(riffSize: Int) async throws {
        let wav = WAVBytes(riffSize: riffSize, dataSize: 0, data: [0, 0x40, 0, 0x20])
        #expect(try await PCMReader(wav: wav.bytes).all() == [0.5, 0.25])
    }

    @Test(arguments: [[0, 0x40, 0, 0x20], [0, 0, 0, 0, 0, 0x40, 0, 0x20, 0, 0x10]] as [[UInt8]])
    func aLengthThatWasNeverFilledInGoesOnToTheEnd(data: [UInt8]) async throws {
        let wav = WAVBytes(dataSize: 0, data: data)
        #expect(try await PCMReader(wav: wav.bytes).all().count == data.count / 2)
        // Letters, but no chunk that would fit.
        let loud = WAVBytes(dataSize: 0, data: Array("LOUDLOUD".utf8))
        #expect(try await PCMReader(wav: loud.bytes).all().count == 4)
    }

    @Test(arguments: [[], WAVBytes.chunk("LIST", [1, 2, 3, 4]), WAVBytes.chunk("LIST", [1, 2, 3])] as [[UInt8]])
    func anHonestlyEmptyDataChunkIsEmpty(after: [UInt8]) async throws {
        let wav = WAVBytes(data: [], after: after)
        #expect(try await PCMReader(wav: wav.bytes).all().isEmpty)
    }

    @Test func bytesAfterTheDataChunkAreNoSamples() async throws {
        let wav = WAVBytes(dataSize: 2, data: [0, 0x40], after: WAVBytes.chunk("LIST", [1, 2, 3, 4]))
        #expect(try await PCMReader(wav: wav.bytes).all() == [0.5])
    }

    @Test func partOfAFrameAtTheEndIsDropped() async throws {
        #expect(try await PCMReader(wav: WAVBytes(data: [0, 0x40, 7]).bytes).all() == [0.5])
        #expect(try await PCMReader(wav: WAVBytes(channels: 2, data: [0, 0x40, 0, 0x40, 1, 1]).bytes).all() == [0.5])
    }

    @Test func wideSizesOfRF64() async throws {
        for data in [2, 1 << 40, Int.max] {
            let sizes = WAVBytes.little(0, 8) + WAVBytes.little(data, 8) + WAVBytes.little(1, 8) + [0, 0, 0, 0]
            let wav = WAVBytes(
                riff: "RF64", riffSize: 0xFFFF_FFFF, dataSize: 0xFFFF_FFFF, data: [0, 0x40],
                before: WAVBytes.chunk("ds64", sizes))
            #expect(try await PCMReader(wav: wav.bytes).all() == [0.5])
        }
    }

    // MARK: Headers that make no sense

    static let nonsense: [(WAVBytes, String)] = [
        (WAVBytes(data: [0, 0], hasFormat: false), "no fmt chunk"),
        (WAVBytes(channels: 0, data: [0, 0]), "0 channels"),
        (WAVBytes(channels: 65, data: [0, 0]), "65 channels"),
        (WAVBytes(rate: 0, data: [0, 0]), "0 samples a second"),
        (WAVBytes(rate: 1_000_000_000, data: [0, 0]), "1000000000 samples a second"),
        (WAVBytes(bits: 0, data: [0, 0]), "0 bits"),
        (WAVBytes(bits: 40, data: [0, 0]), "40 bits"),
        (WAVBytes(tag: 3, bits: 16, data: [0, 0]), "float samples have 16 bits"),
    ]

    @Test(arguments: nonsense.indices)
    func nonsenseIsRefusedWithItsReason(index: Int) async throws {
        let (wav, reason) = Self.nonsense[index]
        let error = try #require(await serviceError { _ = try PCMReader(wav: wav.bytes) })
        #expect(error.code == .undecodableAudio)
        #expect(error.message.contains(reason), "\(error.message)")
    }

    @Test func cutHeadersAreRefused() async throws {
        let whole = WAVBytes(data: [0, 0x40]).bytes
        for length in 0..<44 where length != 44 {
            let error = await serviceError { _ = try PCMReader(wav: Array(whole.prefix(length))) }
            #expect(error?.code == .undecodableAudio, "\(length) bytes")
        }
    }

    @Test func aShortFormatChunkIsRefused() async throws {
        let wav = WAVBytes(data: [0, 0], before: WAVBytes.chunk("fmt ", [1, 0, 1, 0]), hasFormat: false)
        let error = await serviceError { _ = try PCMReader(wav: wav.bytes) }
        #expect(error?.message.contains("fmt chunk of 4 bytes") == true)
    }

    @Test func anUnknownSubFormatIsRefused() async throws {
        var bytes = WAVBytes(extensible: 1, data: [0, 0]).bytes
        bytes[48] = 0x55
        let error = await serviceError { _ = try PCMReader(wav: bytes) }
        #expect(error?.message.contains("sub-format") == true)
    }

    @Test func endlessEmptyChunksEnd() async throws {
        let bytes =
            WAVBytes().bytes.prefix(12) + Array(repeating: WAVBytes.chunk("junk", []), count: 100_000).flatMap { $0 }
        let error = await serviceError { _ = try PCMReader(wav: Array(bytes)) }
        #expect(error?.code == .undecodableAudio)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 2.2e9, -3e38])
    func floatsThatAreNoAudioAreRefused(value: Float) async throws {
        let wav = WAVBytes(tag: 3, bits: 32, data: WAVBytes.little(Int(value.bitPattern), 4)).bytes
        let error = await serviceError { _ = try await PCMReader(wav: wav).all(10) }
        #expect(error?.code == .undecodableAudio)
    }

    /// Deterministic damage to real headers: nothing may crash, hang or read more than there is.
    ///
    /// `JARVIS_FUZZ_ROUNDS=5000000 JARVIS_FUZZ_SEED=7 swift test -c release --filter mutatedHeaders` looks longer.
    @Test func mutatedHeadersNeverCrash() async throws {
        let bases = [
            WAVBytes(channels: 2, data: Array(repeating: 7, count: 64)).bytes,
            WAVBytes(
                bits: 24, extensible: 1, data: Array(repeating: 7, count: 64),
                before: WAVBytes.chunk("LIST", [1, 2, 3])
            ).bytes,
            WAVBytes(
                tag: 3, bits: 64, riff: "RF64", data: Array(repeating: 0, count: 64),
                before: WAVBytes.chunk("ds64", Array(repeating: 1, count: 28))
            ).bytes,
        ]
        let interesting: [UInt8] = [0, 1, 2, 3, 7, 8, 16, 24, 32, 64, 127, 128, 254, 255]
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["JARVIS_FUZZ_ROUNDS"].flatMap(Int.init) ?? 6000
        var random = SplitMix(state: environment["JARVIS_FUZZ_SEED"].flatMap(UInt64.init) ?? 42)
        var opened = 0
        for round in 0..<rounds {
            var bytes = bases[round % bases.count]
            for _ in 0...Int(random.next() % 5) {
                let position = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[position] = interesting[Int(random.next() % UInt64(interesting.count))]
                case 2: bytes.removeSubrange(position..<min(bytes.count - 1, position + Int(random.next() % 6)))
                default: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 8)], at: position)
                }
                if bytes.isEmpty { break }
            }
            let samples: [Float]
            do {
                samples = try await PCMReader(wav: bytes).all(64)
                opened += 1
            } catch {
                #expect(error is ServiceError)
                continue
            }
            #expect(samples.count <= bytes.count)
            #expect(samples.allSatisfy { $0.isFinite })
        }
        #expect(opened > rounds / 6, "The mutations must leave many headers readable, else they test nothing.")
    }

    // MARK: Files

    @Test func filesReadLikeBytes() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).wav").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let wav = WAVBytes(channels: 2, rate: 44_100, data: (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            .bytes
        try Data(wav).write(to: URL(fileURLWithPath: path))
        #expect(try await PCMReader(wavFile: path).all() == (try await PCMReader(wav: wav).all()))
    }

    @Test(arguments: ["/nonexistent/a.wav", "/", "/dev/null/x"])
    func pathsThatAreNoFiles(path: String) async throws {
        let error = await serviceError { _ = try PCMReader(wavFile: path) }
        #expect(error?.code == .invalidRequest && error?.param == "file")
    }

    /// A pipe has no size and can't seek; opening it must not wait for a writer either.
    @Test func pipesAreNoFiles() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try #require(mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = await serviceError { _ = try PCMReader(wavFile: path) }
        #expect(error?.code == .invalidRequest && error?.message.contains("regular file") == true)
    }

    /// A sparse file with the header of a 3-hour recording: only what is asked for may be read.
    @Test func aThreeHourFileOpensAtOnce() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).wav").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let samples = 3 * 3600 * 16_000
        let header = WAVBytes(dataSize: samples * 2).bytes
        try Data(header).write(to: URL(fileURLWithPath: path))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: UInt64(header.count + samples * 2))
        try handle.close()
        var reader = try PCMReader(wavFile: path)
        #expect(reader.frameCount == samples)
        #expect(try await !reader.read(16_000).isEmpty)
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
