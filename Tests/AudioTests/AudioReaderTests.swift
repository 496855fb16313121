import BridgeSupport
import Foundation
import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(5))) struct AudioReaderTests {
    static func floats(_ values: [Float]) -> [UInt8] { values.flatMap { WAVBytes.little(Int($0.bitPattern), 4) } }

    // MARK: Raw PCM

    @Test func rawFloats() async throws {
        var source = try await opened(Self.floats([0, 0.5, -1]), encoding: .pcmF32LE)
        #expect(source.sampleRate == 16_000)
        #expect(try await source.rest() == [0, 0.5, -1])
    }

    @Test func rawIntegers() async throws {
        var source = try await opened([0, 0, 0, 0x40, 0, 0x80], encoding: .pcmS16LE)
        #expect(try await source.rest(2) == [0, 0.5, -1])
    }

    @Test(arguments: [(AudioEncoding.pcmF32LE, 7), (.pcmF32LE, 2), (.pcmS16LE, 3)])
    func partOfASampleIsRefused(encoding: AudioEncoding, count: Int) async throws {
        let error = await serviceError {
            _ = try await opened(Array(repeating: 0, count: count), encoding: encoding)
        }
        #expect(error?.code == .invalidRequest && error?.param == "audio_data")
        #expect(error?.message.contains("\(count) bytes") == true)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 2.2e9, -3e38])
    func samplesThatAreNoAudioAreRefused(value: Float) async throws {
        let error = await serviceError {
            _ = try await opened(Self.floats([0, value]), encoding: .pcmF32LE)
        }
        #expect(error?.code == .invalidRequest && error?.param == "audio_data")
    }

    @Test func samplesThatAreNoAudioAreRefusedAlsoFarInside() async throws {
        var samples = [Float](repeating: 0, count: 100_000)
        samples[90_000] = .nan
        var source = try await opened(Self.floats(samples), encoding: .pcmF32LE)
        let error = await serviceError { _ = try await source.rest() }
        #expect(error?.code == .invalidRequest && error?.param == "audio_data")
    }

    @Test(arguments: [0, 1])
    func aFileSentAsRawSamplesIsRecognised(extra: Int) async throws {
        let wav = WAVBytes(data: [UInt8](repeating: 1, count: 16 + extra)).bytes
        let error = await serviceError { _ = try await opened(wav, encoding: .pcmF32LE) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("look like WAV") == true)
    }

    @Test(arguments: AudioEncoding.allCases)
    func nothingIsRefusedByName(encoding: AudioEncoding) async throws {
        let error = await serviceError { _ = try await opened([], encoding: encoding, field: "file") }
        #expect(error?.code == .invalidRequest && error?.param == "file")
    }

    @Test func aWAVWithoutSamplesIsRefusedByName() async throws {
        let error = await serviceError { _ = try await opened(WAVBytes().bytes) }
        #expect(error?.code == .invalidRequest && error?.param == "audio_data")
    }

    @Test(arguments: [0, -1, 999, 1_000_000, Int.max, Int.min])
    func impossibleSampleRatesAreRefused(rate: Int) async throws {
        let error = await serviceError {
            _ = try await opened([0, 0], encoding: .pcmS16LE, sampleRate: rate)
        }
        #expect(error?.code == .invalidRequest && error?.param == "sample_rate")
    }

    @Test func audioOverTheLimitIsRefused() async throws {
        let limits = AudioLimits(maximumDuration: .seconds(1))
        let exact = Self.floats([Float](repeating: 0, count: 16_000))
        #expect(try await opened(exact, encoding: .pcmF32LE, limits: limits).all().count == 16_000)
        var source = try await opened(exact + Self.floats([0]), encoding: .pcmF32LE, limits: limits)
        let error = await serviceError { _ = try await source.rest() }
        #expect(error?.code == .invalidRequest && error?.param == "audio_data")
        #expect(error?.message.contains("limit of 1 s") == true)
    }

    @Test func everythingAtOnce() async throws {
        let raw = Self.floats([0, 0.5, -1])
        #expect(try await opened(raw, encoding: .pcmF32LE).all(.max) == [0, 0.5, -1])
        #expect(
            try await PCMReader(raw: MemoryBytes(bytes: raw), sampleType: .float32, sampleRate: 16_000, field: "f").all(
                .max
            ).count == 3)
        #expect(try await MemoryPCMSource(samples: [1, 2], sampleRate: 8000).all(.max) == [1, 2])
        #expect(try await PCMReader(wav: WAVBytes(data: [0, 0x40]).bytes).all(.max) == [0.5])
        var resampled = try ResampledSource(MemoryPCMSource(samples: [0, 0], sampleRate: 8000), sampleRate: 16_000)
        #expect(try await resampled.read(.max).count == 4)
        #expect(try await resampled.read(-5).isEmpty)
    }

    // MARK: Any rate

    @Test(arguments: [8000, 11_025, 22_050, 44_100, 48_000, 96_000])
    func everyRateComesOutAt16Kilohertz(rate: Int) async throws {
        let wav = WAVWriter.file(sine(440, seconds: 2, rate: rate), sampleRate: rate)
        var source = try await opened(wav)
        #expect(source.sampleRate == 16_000)
        let samples = try await source.rest()
        #expect(abs(samples.count - 32_000) <= 1)
        // The same sine, at the same phase: soxr compensates the delay of its filter.
        let expected = sine(440, seconds: 2, rate: 16_000)
        let errors = zip(samples, expected).dropFirst(500).dropLast(500).map { abs($0 - $1) }
        #expect(try #require(errors.max()) < 2e-3)
    }

    @Test func tonesAboveTheNewLimitVanish() async throws {
        let wav = WAVWriter.file(sine(11_000, seconds: 1, rate: 48_000), sampleRate: 48_000)
        let samples = try await opened(wav).all()
        #expect(level(samples.dropFirst(500).dropLast(500)) < 1e-3)
    }

    @Test func anotherTargetRate() async throws {
        let wav = WAVWriter.file(sine(440, seconds: 1, rate: 22_050), sampleRate: 22_050)
        var source = try await opened(wav, targetRate: 48_000)
        #expect(source.sampleRate == 48_000)
        #expect(abs(try await source.rest().count - 48_000) <= 1)
    }

    // MARK: What is it?

    @Test func unknownBytesAreRefused() async throws {
        let text = [Array("hello, this is text".utf8), Array("#EXTM3U\nfile:///etc/passwd".utf8)]
        for bytes in text + [[0], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF]] {
            let error = await serviceError { _ = try await opened(bytes) }
            #expect(error?.code == .undecodableAudio)
            #expect(error?.message.contains("audio_data") == true)
        }
    }

    @Test func wavThatIsNone() async throws {
        let error = await serviceError { _ = try await opened(Array("OggS0000".utf8), encoding: .wav) }
        #expect(error?.code == .undecodableAudio)
    }

    /// Three packets of a transport stream.
    private func packets(of size: Int, startingAt offset: Int) -> [UInt8] {
        (0..<3 * size).map { $0 % size == offset ? 0x47 : 0x11 }
    }

    @Test func magic() {
        let known: [(AudioContainer, [UInt8])] = [
            (.wav, Array("RIFF....WAVE".utf8)), (.wav, Array("RIFX....WAVE".utf8)),
            (.wav, Array("RF64....WAVE".utf8)), (.mp3, Array("ID3\u{4}".utf8)),
            (.mp3, [0xFF, 0xFB, 0x90, 0x64]), (.mp3, [0xFF, 0xF3, 0x40, 0]), (.aac, [0xFF, 0xF1, 0x50, 0x80]),
            (.aac, [0xFF, 0xF9, 0x50, 0x80]), (.ogg, Array("OggS".utf8)), (.flac, Array("fLaC".utf8)),
            (.mp4, Array("\0\0\0 ftypM4A ".utf8)), (.webM, [0x1A, 0x45, 0xDF, 0xA3]),
            (.aiff, Array("FORM....AIFF".utf8)),
            (.aiff, Array("FORM....AIFC".utf8)), (.caf, Array("caff".utf8)), (.amr, Array("#!AMR\n".utf8)),
            (.sunAudio, Array(".snd".utf8)),
            (.windowsMedia, [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]),
            (.avi, Array("RIFF....AVI ".utf8)), (.ac3, [0x0B, 0x77, 0, 0, 0, 8 << 3]),
            (.eac3, [0x0B, 0x77, 0, 0, 0, 16 << 3]), (.monkeysAudio, Array("MAC ".utf8)), (.tak, Array("tBaK".utf8)),
            (.musepack7, Array("MP+\u{7}".utf8)), (.musepack8, Array("MPCK".utf8)), (.dsf, Array("DSD ".utf8)),
            (.trueAudio, Array("TTA1".utf8)),
            (.mp4, Array("\0\0\0\u{8}wide".utf8)), (.dts, [0x7F, 0xFE, 0x80, 0x01]),
            (.mpegTransport, packets(of: 188, startingAt: 0)), (.mpegTransport, packets(of: 192, startingAt: 4)),
        ]
        for (container, bytes) in known { #expect(AudioContainer(magic: bytes) == container) }
        for other in ["RIFF....WEBP", "GIF89a", "%PDF-1.7", "<html>", "G"] {
            #expect(AudioContainer(magic: Array(other.utf8)) == nil)
        }
        #expect(AudioContainer(magic: [0x0B, 0x77, 0, 0, 0, 17 << 3]) == nil)
        #expect(AudioContainer(magic: Array(packets(of: 188, startingAt: 0).prefix(300))) == nil)
        #expect(AudioContainer(magic: []) == nil)
    }
}
