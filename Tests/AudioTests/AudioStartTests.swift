import BridgeSupport
import Foundation
import Testing

@testable import Audio

/// Audio with something before it.
@Suite(.timeLimit(.minutes(5))) struct AudioStartTests {
    private static let mp3 = Task {
        try await AudioEncoder.encode(samples: sine(440, seconds: 1, rate: 16_000), sampleRate: 16_000, format: .mp3)
    }

    private static func tag(_ size: Int, claimed: [UInt8]? = nil, flags: UInt8 = 0) -> [UInt8] {
        let written = claimed ?? (0..<4).map { UInt8(size >> (7 * (3 - $0)) & 0x7F) }
        return Array("ID3\u{4}\0".utf8) + [flags] + written + [UInt8](repeating: 0, count: size)
    }

    /// Pseudo-random, and without a byte that could begin a frame.
    private static func junk(_ count: Int) -> [UInt8] {
        var random = SplitMix(state: 7)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) & 0x7F }
    }

    private func heard(_ bytes: [UInt8]) async throws {
        let samples = try await opened(bytes).all()
        #expect(abs(samples.count - 16_000) < 3000, "\(samples.count)")
        #expect(abs(level(samples.dropFirst(5000).prefix(8000)) - 0.5 / 2.0.squareRoot()) < 0.02)
    }

    @Test(arguments: [1, 511, 60_000, 65_536])
    func zerosBeforeAnMP3(count: Int) async throws {
        try await heard([UInt8](repeating: 0, count: count) + (try await Self.mp3.value))
    }

    @Test(arguments: [1, 511, 60_000, 65_000])
    func junkBeforeAnMP3(count: Int) async throws {
        try await heard(Self.junk(count) + (try await Self.mp3.value))
    }

    @Test func partOfAFrameBeforeAnMP3() async throws {
        let whole = try await Self.mp3.value
        let start = try #require(try AudioStart.find(in: MemoryBytes(bytes: whole)))
        let frames = Array(whole[start.offset...])
        #expect(start.container == .mp3)
        let found = try #require(try AudioStart.find(in: MemoryBytes(bytes: Array(frames.dropFirst(20)))))
        #expect(found.container == .mp3 && found.offset > 0)
    }

    @Test func tagsOfEveryKindBeforeAnMP3() async throws {
        let frames = try await Self.mp3.value
        try await heard(Self.tag(1000) + frames)
        try await heard(Self.tag(1000) + Self.tag(500) + frames)
        try await heard(Self.tag(300) + [UInt8](repeating: 0, count: 2000) + frames)
        // A footer follows; sizes in 8 bits a byte, too large, too small.
        try await heard(Self.tag(300, flags: 0x10) + [UInt8](repeating: 0x33, count: 10) + frames)
        try await heard(Self.tag(300, claimed: [0, 0, 1, 44]) + frames)
        try await heard(Self.tag(300, claimed: [0x7F, 0x7F, 0x7F, 0x7F]) + frames)
        try await heard(Self.tag(300, claimed: [0, 0, 0, 5]) + frames)
    }

    @Test func zerosAndTagsBeforeAWAV() async throws {
        let wav = WAVBytes(data: [0, 0x40, 0, 0x20]).bytes
        for before in [[UInt8](repeating: 0, count: 3000), Self.tag(200)] {
            #expect(try await opened(before + wav).all() == [0.5, 0.25])
        }
    }

    @Test func zerosBeforeAFLAC() async throws {
        let flac = try await AudioEncoder.encode(
            samples: sine(440, seconds: 1, rate: 16_000), sampleRate: 16_000, format: .flac)
        try await heard([UInt8](repeating: 0, count: 1000) + flac)
    }

    @Test func aStreamOfAACJoinedInTheMiddle() async throws {
        let aac = try await AudioEncoder.encode(
            samples: sine(440, seconds: 1, rate: 16_000), sampleRate: 16_000, format: .aac)
        #expect(
            try AudioStart.find(in: MemoryBytes(bytes: Self.junk(700) + aac))
                == AudioStart(container: .aac, offset: 700))
    }

    @Test func whatIsNoAudioStaysNone() throws {
        for bytes in [
            Self.junk(100_000), [UInt8](repeating: 0, count: 100_000), [UInt8](repeating: 0xFF, count: 100_000),
        ] {
            #expect(try AudioStart.find(in: MemoryBytes(bytes: bytes)) == nil)
        }
        // One frame, and then something else.
        let lone: [UInt8] = [0xFF, 0xFB, 0x90, 0x64]
        #expect(try AudioStart.find(in: MemoryBytes(bytes: Self.junk(10) + lone + Self.junk(5000))) == nil)
    }

    @Test func lengthsOfFrames() {
        func length(_ header: [UInt8]) -> Int? { MPEGFrame((header + [0, 0])[...])?.length }
        #expect(length([0xFF, 0xFB, 0x90, 0x64]) == 417)
        #expect(length([0xFF, 0xFB, 0x92, 0x64]) == 418)
        // MPEG 2 layer III, MPEG 2.5 layer III, MPEG 1 layers II and I.
        #expect(length([0xFF, 0xF3, 0x40, 0xC0]) == 104)
        #expect(length([0xFF, 0xE3, 0x18, 0xC4]) == 72)
        #expect(length([0xFF, 0xFD, 0x84, 0]) == 384)
        #expect(length([0xFF, 0xFF, 0x40, 0]) == 136)
        #expect(MPEGFrame([0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F][...])?.length == 16)
        // Free length, no bit rate, reserved fields.
        for header: [UInt8] in [
            [0xFF, 0xFB, 0x00, 0], [0xFF, 0xFB, 0xF0, 0], [0xFF, 0xEB, 0x90, 0], [0xFF, 0xFB, 0x9C, 0],
        ] {
            #expect(length(header) == nil)
        }
    }

    /// More than one stream in one file, one after the other, as radio stations send and `cat` makes.
    @Test(arguments: ["libvorbis", "libopus", "flac"])
    func chainedOgg(codec: String) async throws {
        func ogg(_ seconds: Double) throws -> [UInt8] {
            let output = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).ogg")
            defer { try? FileManager.default.removeItem(at: output) }
            let tool = Process()
            tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            tool.arguments = [
                "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=\(seconds):r=48000", "-c:a",
                codec,
                "-f", "ogg", output.path,
            ]
            try tool.run()
            tool.waitUntilExit()
            return [UInt8](try Data(contentsOf: output))
        }
        let samples = try await opened(try ogg(1) + ogg(2) + ogg(1)).all()
        #expect(abs(samples.count - 64_000) < 1600, "\(samples.count)")
    }

    @Test func chainedOggOfTwoCodecsIsSaid() async throws {
        let speech = sine(440, seconds: 1, rate: 16_000)
        let opus = try await AudioEncoder.encode(samples: speech, sampleRate: 16_000, format: .opus)
        let page = Array("OggS\0\u{2}".utf8) + [UInt8](repeating: 0, count: 20) + [1, 30, 1] + Array("vorbis".utf8)
        let other = page + [UInt8](repeating: 0, count: 23)
        #expect(try OggChain.changesCodec(MemoryBytes(bytes: opus + other), at: 0))
        #expect(try !OggChain.changesCodec(MemoryBytes(bytes: opus + opus), at: 0))
        // Two streams side by side, as sound and picture are.
        #expect(try !OggChain.changesCodec(MemoryBytes(bytes: other + opus), at: 0))
        var source = try await opened(opus + other)
        _ = try await source.rest()
        #expect(source.warnings.contains { $0.contains("different codecs") })
    }

    @Test func joinedFLACIsSaid() async throws {
        let flac = try await AudioEncoder.encode(
            samples: sine(440, seconds: 1, rate: 16_000), sampleRate: 16_000, format: .flac)
        #expect(try !FLACChain.hasMoreParts(MemoryBytes(bytes: flac), at: 0))
        for bytes in [flac + flac, [0, 0, 0] + flac + [7] + flac] {
            var source = try await opened(bytes, field: "file")
            #expect(try await source.rest().count >= 16_000)
            #expect(source.warnings == ["file: It has more than one part (files joined); the first was heard."])
        }
    }
}
