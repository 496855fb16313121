import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import Audio

/// With the real program; `./jarvis test` installs it.
@Suite(.timeLimit(.minutes(5))) struct FFmpegTests {
    static let compressed: [AudioFormat] = [.mp3, .opus, .flac, .aac]

    // MARK: Sizes that lie

    /// A-law, which FFmpeg decodes.
    @Test func soundBeyondItsSizeIsHeardThroughFFmpegToo() async throws {
        let law = WAVBytes(
            tag: 6, bits: 8, riffSize: 36 + 4096, dataSize: 4096,
            data: (0..<16_000).map { UInt8(truncatingIfNeeded: $0 * 7 | 0x80) })
        var source = try await opened(law.bytes)
        #expect(try await source.rest().count == 16_000)
        #expect(source.warnings.count == 1)
    }

    // MARK: There and back

    @Test(arguments: compressed, [16_000, 22_050])
    func compressedFormatsDecodeToTheSameSpeech(format: AudioFormat, rate: Int) async throws {
        let samples = sine(440, seconds: 1.5, rate: rate)
        let bytes = try await AudioEncoder.encode(samples: samples, sampleRate: rate, format: format)
        #expect(bytes.count < samples.count * 2)
        let decoded = try await opened(bytes, targetRate: rate).all()
        // AAC and Opus add up to a frame or two of padding.
        #expect(abs(decoded.count - samples.count) < rate / 8, "\(decoded.count) for \(samples.count)")
        let middle = decoded.dropFirst(rate / 4).dropLast(rate / 4)
        #expect(abs(level(middle) - 0.5 / 2.0.squareRoot()) < 0.02)
    }

    @Test func losslessIsLossless() async throws {
        let samples = sine(440, seconds: 0.5, rate: 22_050)
        let bytes = try await AudioEncoder.encode(samples: samples, sampleRate: 22_050, format: .flac)
        let decoded = try await opened(bytes, targetRate: 22_050).all()
        #expect(decoded.count == samples.count)
        #expect(zip(decoded, samples).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    /// Rates as FFmpeg's own tool reads them: Opus always plays at 48 kHz, the others keep theirs.
    @Test(arguments: [
        (AudioFormat.mp3, 22_050, 22_050), (.opus, 22_050, 48_000), (.flac, 22_050, 22_050), (.aac, 22_050, 22_050),
        (.mp3, 20_000, 22_050), (.aac, 15_000, 16_000), (.flac, 20_000, 20_000), (.opus, 16_000, 48_000),
    ])
    func sampleRateInTheFile(format: AudioFormat, made: Int, rate: Int) async throws {
        #expect(format.sampleRate(of: made) == rate)
        let bytes = try await AudioEncoder.encode(
            samples: sine(440, seconds: 1, rate: made), sampleRate: made, format: format)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = [
            "ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels", "-of", "csv=p=0", path,
        ]
        let output = Pipe()
        probe.standardOutput = output
        try probe.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        probe.waitUntilExit()
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == "\(rate),1")
    }

    @Test(arguments: AudioFormat.allCases)
    func theSameSamplesGiveTheSameBytes(format: AudioFormat) async throws {
        let samples = sine(300, seconds: 0.2, rate: 16_000)
        let first = try await AudioEncoder.encode(samples: samples, sampleRate: 16_000, format: format)
        let second = try await AudioEncoder.encode(samples: samples, sampleRate: 16_000, format: format)
        #expect(first == second)
    }

    @Test(arguments: AudioFormat.allCases)
    func noSamplesAndNonsenseEncode(format: AudioFormat) async throws {
        _ = try await AudioEncoder.encode(samples: [], sampleRate: 22_050, format: format)
        let nonsense: [Float] = [.nan, .infinity, -.infinity, 5, -5]
        _ = try await AudioEncoder.encode(samples: nonsense, sampleRate: 22_050, format: format)
    }

    // MARK: From files

    @Test func filesDecodeLikeBytes() async throws {
        let bytes = try await AudioEncoder.encode(
            samples: sine(440, seconds: 1, rate: 16_000), sampleRate: 16_000, format: .mp3)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try await AudioInput(file: path).open().all() == (try await opened(bytes).all()))
    }

    /// What phones, browsers and recorders send. The index of an MP4 stands at its end, as phones write it.
    @Test(arguments: [
        ("m4a", ["-c:a", "aac", "-f", "mp4"]), ("webm", ["-c:a", "libopus", "-f", "webm"]),
        ("ogg", ["-c:a", "libvorbis", "-f", "ogg"]), ("aiff", ["-f", "aiff"]),
        ("caf", ["-c:a", "pcm_s16be", "-f", "caf"]),
        ("au", ["-f", "au"]), ("wma", ["-c:a", "wmav2", "-f", "asf"]),
        ("ac3", ["-f", "ac3"]), ("eac3", ["-f", "eac3"]), ("dts", ["-c:a", "dca", "-strict", "-2", "-f", "dts"]),
        ("w64", ["-f", "w64"]), ("wavpack", ["-f", "wv"]), ("tta", ["-f", "tta"]), ("voc", ["-f", "voc"]),
        ("mpegts", ["-c:a", "aac", "-f", "mpegts"]), ("mpegps", ["-c:a", "mp2", "-f", "mpeg"]),
        ("flv", ["-c:a", "mp3", "-f", "flv"]), ("avi", ["-c:a", "mp3", "-f", "avi"]),
        ("mov", ["-c:a", "pcm_s16le", "-f", "mov"]),
        ("mp3 with tags", ["-metadata", "title=x", "-f", "mp3"]),
        ("flac with tags", ["-f", "flac"]),
        ("video", ["-f", "lavfi", "-i", "testsrc=d=1", "-c:v", "mpeg4", "-f", "mp4"]),
    ])
    func otherContainersDecode(name: String, options: [String]) async throws {
        let wav = WAVWriter.file(sine(440, seconds: 1, rate: 44_100), sampleRate: 44_100)
        var bytes = try convert(wav, options)
        if name == "flac with tags" { bytes = Array("ID3\u{4}\0\0\0\0\0\u{5}12345".utf8) + bytes }
        let samples = try await opened(bytes).all()
        #expect(abs(samples.count - 16_000) < 2500, "\(samples.count)")
        #expect(abs(level(samples[4000..<12_000]) - 0.5 / 2.0.squareRoot()) < 0.02)
    }

    @Test func aVideoWithoutSoundIsUndecodable() async throws {
        let wav = WAVWriter.file([0], sampleRate: 16_000)
        let silent = ["-f", "lavfi", "-i", "testsrc=d=1", "-map", "1:v", "-c:v", "mpeg4", "-f", "mp4"]
        let error = await serviceError { _ = try await opened(try convert(wav, silent)) }
        #expect(error?.code == .undecodableAudio)
    }

    /// Runs FFmpeg's own tool on a WAV.
    private func convert(_ wav: [UInt8], _ options: [String]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
        try Data(wav).write(to: input)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tool.arguments = ["ffmpeg", "-nostdin", "-v", "error", "-i", input.path] + options + [output.path]
        try tool.run()
        tool.waitUntilExit()
        #expect(tool.terminationStatus == 0)
        return [UInt8](try Data(contentsOf: output))
    }

    /// Compressed audio inside a WAV: A-law, as telephones make it.
    @Test func unusualWAVsGoThroughFFmpeg() async throws {
        let wav = WAVBytes(tag: 6, rate: 8000, bits: 8, data: Array(repeating: 0xD5, count: 8000))
        let samples = try await opened(wav.bytes, encoding: .wav).all()
        #expect(abs(samples.count - 16_000) < 200)
        #expect(level(samples) < 1e-2)
    }

    // MARK: Failures

    @Test func damagedAudioIsUndecodableAndSaysNothingOfTheInside() async throws {
        for magic in [
            Array("OggS".utf8), Array("fLaC".utf8), Array("\0\0\0\u{20}ftypM4A ".utf8), [0x1A, 0x45, 0xDF, 0xA3],
        ] {
            let error = try #require(
                await serviceError { _ = try await opened(magic + [UInt8](repeating: 0x5A, count: 3000)) })
            #expect(error.code == .undecodableAudio)
            for inside in ["stdin", "pipe", "ffmpeg", "/dev", "0x"] { #expect(!error.message.contains(inside)) }
            #expect(error.cause != nil)
        }
    }

    @Test func missingFFmpegSaysHowToInstallIt() async throws {
        let absent = FFmpeg(searchPath: "/nonexistent")
        let decoding = await serviceError { _ = try await opened(Array("OggS....".utf8), ffmpeg: absent) }
        #expect(decoding?.code == .unsupportedMediaType)
        #expect(decoding?.message.contains("apt-get install ffmpeg") == true)
        let encoding = await serviceError {
            _ = try await AudioEncoder.encode(samples: [0], sampleRate: 16_000, format: .mp3, ffmpeg: absent)
        }
        #expect(encoding?.code == .invalidRequest && encoding?.param == "format")
        #expect(encoding?.message.contains("apt-get install ffmpeg") == true)
    }

    @Test func wavAndPCMNeedNoFFmpeg() async throws {
        let absent = FFmpeg(searchPath: "/nonexistent")
        for format in [AudioFormat.wav, .pcmF32LE, .pcmS16LE] {
            let bytes = try await AudioEncoder.encode(
                samples: sine(440, seconds: 0.1, rate: 22_050), sampleRate: 22_050, format: format, ffmpeg: absent)
            let encoding: AudioEncoding = [.wav: .auto, .pcmF32LE: .pcmF32LE, .pcmS16LE: .pcmS16LE][format] ?? .auto
            var source = try await opened(bytes, encoding: encoding, sampleRate: 22_050, ffmpeg: absent)
            #expect(abs(try await source.rest().count - 1600) <= 1)
        }
    }

    @Test func aDecoderWithoutMemoryToStartBlamesNoAudio() async throws {
        let bytes = try await AudioEncoder.encode(
            samples: sine(440, seconds: 0.2, rate: 16_000), sampleRate: 16_000, format: .flac)
        let error = await serviceError {
            _ = try await opened(bytes, limits: AudioLimits(decoderMemory: 16 << 20))
        }
        #expect(error?.code == .internal)
        #expect(error?.message.contains("could not be started on the server within 16 MiB") == true)
    }

    // MARK: With a stand-in for the program

    /// Who ended it, and what is said of it.
    @Test(arguments: [
        ("kill -KILL $$", ServiceError.Code.internal, "was ended"), ("kill -SEGV $$", .internal, "was ended"),
        ("exit 127", .internal, "could not be started"), ("kill -XCPU $$", .timeout, "not decoded in time"),
        ("exit 255", .timeout, "600 s of processor time"),
        ("echo 'stdin: Cannot allocate memory' >&2; exit 1", .undecodableAudio, "1024 MiB of memory"),
        ("echo 'Invalid data' >&2; exit 1", .undecodableAudio, "damaged"),
    ])
    func whatEndsTheDecoderIsToldApart(script: String, code: ServiceError.Code, words: String) async throws {
        try await standIn(script) { ffmpeg, _ in
            let error = try #require(
                await serviceError { _ = try await opened(Array("OggS....".utf8), ffmpeg: ffmpeg) })
            #expect(error.code == code && error.message.contains(words), "\(error)")
            #expect(error.message.contains("damaged") == (words == "damaged"))
            #expect(error.cause != nil)
        }
    }

    @Test(arguments: [
        ("echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 1", ServiceError.Code.storageFull),
        ("kill -KILL $$", .internal), ("kill -XCPU $$", .timeout),
    ])
    func whatEndsTheEncoderIsToldApart(script: String, code: ServiceError.Code) async throws {
        try await standIn(script) { ffmpeg, _ in
            let error = await serviceError {
                _ = try await AudioEncoder.encode(samples: [0], sampleRate: 16_000, format: .mp3, ffmpeg: ffmpeg)
            }
            #expect(error?.code == code, "\(String(describing: error))")
        }
    }

    @Test func aDecoderThatHangsIsGivenUp() async throws {
        try await standIn("exec sleep 100") { ffmpeg, _ in
            let clock = ManualClock()
            async let error = serviceError {
                _ = try await opened(Array("OggS....".utf8), ffmpeg: ffmpeg, clock: clock)
            }
            try await clock.sleepers(atLeast: 1)
            clock.advance(by: AudioLimits().decoderStall)
            #expect(await error?.code == .timeout)
        }
    }

    @Test func processorTimeIsLimited() async throws {
        try await standIn("while :; do :; done") { ffmpeg, _ in
            let error = await serviceError {
                _ = try await opened(
                    Array("OggS....".utf8), limits: AudioLimits(decoderProcessorTime: .seconds(1)), ffmpeg: ffmpeg)
            }
            #expect(error?.code == .timeout)
        }
    }

    @Test func aCancelledReaderKillsTheChild() async throws {
        try await standIn("echo $$ > $here/pids; exec sleep 100") { ffmpeg, folder in
            let reading = Task { _ = try await opened(Array("OggS....".utf8), ffmpeg: ffmpeg) }
            _ = try await poll { processes(folder).isEmpty ? nil : true }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            try await theyEnd(folder)
        }
    }

    @Test func anAbandonedSourceKillsTheChild() async throws {
        let script = "echo $$ > $here/pids; cat $here/header; exec cat /dev/zero"
        try await standIn(script) { ffmpeg, folder in
            do {
                var source = try await opened(Array("OggS....".utf8), ffmpeg: ffmpeg)
                #expect(try await source.read(100).count == 100)
            }
            #expect(!processes(folder).isEmpty)
            try await theyEnd(folder)
        }
    }

    /// The child writes without end; what is read ahead must stay small.
    @Test func theChildWaitsForTheReader() async throws {
        let script = "cat $here/header; head -c 4000000 /dev/zero; echo done > $here/done"
        try await standIn(script) { ffmpeg, folder in
            var source = try await opened(Array("OggS....".utf8), ffmpeg: ffmpeg)
            #expect(try await source.read(10).count == 10)
            try await Task.sleep(for: .milliseconds(100))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/done"))
            #expect(try await source.rest(100_000).count == 1_000_000 - 10)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/done"))
        }
    }

    @Test func theChildGetsNoSecretsAndNoNetwork() async throws {
        let script = "env > $here/env; echo \"$@\" > $here/arguments"
        setenv("JARVIS_TEST_SECRET", "hidden", 1)
        defer { unsetenv("JARVIS_TEST_SECRET") }
        try await standIn(script) { ffmpeg, folder in
            _ = await serviceError { _ = try await opened(Array("OggS....".utf8), ffmpeg: ffmpeg) }
            #expect(!(try String(contentsOfFile: "\(folder)/env", encoding: .utf8)).contains("hidden"))
            let arguments = try String(contentsOfFile: "\(folder)/arguments", encoding: .utf8)
            #expect(arguments.contains("-protocol_whitelist file -f ogg -i file:/dev/stdin"))
        }
    }

    @Test func anEncoderThatFailsIsOurDefect() async throws {
        try await standIn("echo secret words >&2; exit 3") { ffmpeg, _ in
            let error = await serviceError {
                _ = try await AudioEncoder.encode(samples: [0], sampleRate: 16_000, format: .mp3, ffmpeg: ffmpeg)
            }
            #expect(error?.code == .internal)
            #expect(error?.message.contains("secret") == false)
            #expect(error.flatMap(\.cause).map { "\($0)" }?.contains("secret words") == true)
        }
    }
}
