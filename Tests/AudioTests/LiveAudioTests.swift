import BridgeSupport
import Foundation
import Synchronization
import Testing

@testable import Audio

/// Sends bytes in pieces, and counts the pieces that were asked for.
private final class Sender: Sendable {
    struct Gone: Error {}

    private let pieces: [[UInt8]]
    private let isEndless: Bool
    private let failure: (any Error)?
    private let count = Mutex(0)

    /// - Parameters:
    ///   - isEndless: the last piece is sent again and again.
    ///   - failure: what comes after the last piece, instead of the end.
    init(_ pieces: [[UInt8]], isEndless: Bool = false, failure: (any Error)? = nil) {
        self.pieces = pieces
        self.isEndless = isEndless
        self.failure = failure
    }

    /// - Parameter size: of each piece; 0 for pieces of any size, some of them empty.
    convenience init(_ bytes: [UInt8], cut size: Int) {
        var random = SplitMix(state: UInt64(bytes.count))
        var (pieces, start) = ([[UInt8]](), 0)
        while start < bytes.count {
            let end = min(bytes.count, start + (size > 0 ? size : Int(random.next() % 5000)))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        self.init(pieces)
    }

    var sent: Int { count.withLock { $0 } }

    var stream: AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream {
            let index = self.count.withLock { count in
                count += 1
                return count - 1
            }
            if index < self.pieces.count { return self.pieces[index] }
            if self.isEndless { return self.pieces.last }
            if let failure = self.failure { throw failure }
            return nil
        }
    }
}

/// Audio that comes while it is read.
@Suite(.timeLimit(.minutes(5))) struct LiveAudioTests {
    static let cuts = [0, 3, 1000, 1_000_000]
    static let speech = sine(300, seconds: 0.6, rate: 16_000)

    private func live(
        _ bytes: [UInt8], cut: Int, encoding: AudioEncoding = .auto, sampleRate: Int = 16_000
    ) async throws -> AudioReader {
        try await AudioInput(live: Sender(bytes, cut: cut).stream, encoding: encoding, sampleRate: sampleRate).open()
    }

    // MARK: WAV

    @Test(arguments: cuts)
    func aWAVIsHeardAsAFileIs(cut: Int) async throws {
        let sound = WAVWriter.signed16(Self.speech)
        let list = WAVBytes.chunk("LIST", [UInt8](repeating: 9, count: 3000))
        // The channels cancel each other out.
        let stereo = zip(Self.speech, Self.speech.reversed()).flatMap { [$0, $1] }
        for wav in [
            WAVBytes(data: sound), WAVBytes(data: sound, before: list, between: list, after: list),
            WAVBytes(tag: 3, channels: 2, bits: 32, data: WAVWriter.float32(stereo)),
            WAVBytes(bits: 8, data: sound), WAVBytes(data: sound, between: WAVBytes.chunk("data", [])),
            WAVBytes(data: Array(sound.dropLast())), WAVBytes(dataSize: 1 << 30, data: sound),
        ] {
            let heard = try await live(wav.bytes, cut: cut).all()
            let expected = try await opened(wav.bytes).all()
            #expect(heard == expected)
        }
    }

    /// As programs write a header that can't go back to it.
    @Test(arguments: cuts, [(0, 0), (0xFFFF_FFFF, 0xFFFF_FFFF), (36, 0), (0x8000_0024, 0x8000_0000)])
    func sizesThatNobodyKnewAreNone(cut: Int, sizes: (Int, Int)) async throws {
        let wav = WAVBytes(riffSize: sizes.0, dataSize: sizes.1, data: WAVWriter.signed16(Self.speech)).bytes
        for encoding in [AudioEncoding.auto, .wav] {
            let reader = try await live(wav, cut: cut, encoding: encoding)
            #expect(reader.duration == nil)
            #expect(try await reader.all().count == Self.speech.count)
        }
    }

    @Test(arguments: cuts)
    func zerosAndTagsMayComeBeforeIt(cut: Int) async throws {
        let wav = WAVBytes(data: WAVWriter.signed16(Self.speech)).bytes
        let tag = Array("ID3\u{4}\0\0\0\0\u{7}\u{68}".utf8) + [UInt8](repeating: 0, count: 1000)
        for before in [[UInt8](repeating: 0, count: 3000), tag] {
            #expect(try await live(before + wav, cut: cut).all().count == Self.speech.count)
        }
    }

    @Test(arguments: cuts)
    func otherRatesAreResampled(cut: Int) async throws {
        let wav = WAVWriter.file(sine(300, seconds: 1, rate: 44_100), sampleRate: 44_100)
        let heard = try await live(wav, cut: cut).all()
        let expected = try await opened(wav).all()
        #expect(heard.count == expected.count && zip(heard, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    // MARK: Raw samples

    @Test(arguments: cuts)
    func rawSamplesAreHeardAsThoseAtRestAre(cut: Int) async throws {
        for (encoding, bytes) in [
            (AudioEncoding.pcmS16LE, WAVWriter.signed16(Self.speech)), (.pcmF32LE, WAVWriter.float32(Self.speech)),
        ] {
            let heard = try await live(bytes, cut: cut, encoding: encoding).all()
            let expected = try await opened(bytes, encoding: encoding).all()
            #expect(heard == expected)
            // A sender that was cut off within a sample.
            let cutOff = try await live(Array(bytes.dropLast()), cut: cut, encoding: encoding).all()
            #expect(cutOff == expected.dropLast())
        }
    }

    @Test func nonsenseIsRefused() async {
        func error(_ bytes: [UInt8], _ encoding: AudioEncoding, rate: Int = 16_000) async -> ServiceError? {
            await serviceError {
                _ = try await live(bytes, cut: 0, encoding: encoding, sampleRate: rate).all()
            }
        }
        for encoding in AudioEncoding.allCases {
            let empty = await error([], encoding)
            #expect(empty?.code == .invalidRequest && empty?.param == "stream")
        }
        #expect(await error([1, 2, 3], .auto)?.code == .undecodableAudio)
        #expect(await error([1, 2, 3], .wav)?.code == .undecodableAudio)
        #expect(await error([UInt8](repeating: 1, count: 200_000), .auto)?.code == .undecodableAudio)
        #expect(await error([0, 0], .pcmS16LE, rate: 1)?.param == "sample_rate")
        let file = WAVWriter.file(Self.speech, sampleRate: 16_000)
        #expect(await error(file, .pcmF32LE)?.message.contains("look like WAV") == true)
    }

    // MARK: Through FFmpeg

    @Test(arguments: [AudioFormat.mp3, .opus, .flac, .aac], [0, 1000, 1_000_000])
    func compressedSoundIsDecodedAsItComes(format: AudioFormat, cut: Int) async throws {
        let bytes = try await AudioEncoder.encode(samples: Self.speech, sampleRate: 16_000, format: format)
        let heard = try await live(bytes, cut: cut).all()
        let expected = try await opened(bytes).all()
        #expect(heard.count == expected.count, "\(format)")
        #expect(zip(heard, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func unusualWAVsGoThroughFFmpegToo() async throws {
        let wav = WAVBytes(
            tag: 6, rate: 8000, bits: 8, riffSize: 0, dataSize: 0, data: [UInt8](repeating: 0xD5, count: 8000))
        #expect(abs(try await live(wav.bytes, cut: 7).all().count - 16_000) < 200)
    }

    /// A stand-in that takes what it reads for samples.
    private static let copying = "echo $$ >> $here/pids; cat $here/header; head -c 8 > $here/head; exec cat"

    @Test func theBytesReachTheChildInOrder() async throws {
        let samples = WAVWriter.float32(Self.speech)
        try await standIn(Self.copying) { ffmpeg, folder in
            for cut in Self.cuts {
                var input = AudioInput(live: Sender(Array("OggS....".utf8) + samples, cut: cut).stream)
                input.ffmpeg = ffmpeg
                let heard = try await input.open().all()
                #expect(heard == Self.speech)
                #expect(try String(contentsOfFile: "\(folder)/head", encoding: .utf8) == "OggS....")
            }
        }
    }

    /// It ends before it has read all, and nobody waits for a sender that has no more to say.
    @Test func aChildThatNeedsNoMoreEndsTheSound() async throws {
        let (stream, sender) = AsyncStream<[UInt8]>.makeStream()
        try await standIn("cat $here/header; head -c 64000 /dev/zero") { ffmpeg, _ in
            sender.yield(Array("OggS".utf8) + [UInt8](repeating: 0, count: 1000))
            var input = AudioInput(live: stream)
            input.ffmpeg = ffmpeg
            let heard = try await input.open().all()
            #expect(heard.count == 16_000)
        }
        sender.finish()
    }

    @Test func aChildThatRefusesIsToldAsAlways() async throws {
        try await standIn("head -c 100 >/dev/null; echo 'Invalid data' >&2; exit 1") { ffmpeg, _ in
            let pieces = [Array("OggS".utf8) + [UInt8](repeating: 0, count: 1000)]
            var input = AudioInput(live: Sender(pieces, isEndless: true).stream)
            input.ffmpeg = ffmpeg
            let error = await serviceError { _ = try await input.open() }
            #expect(error?.code == .undecodableAudio)
        }
    }

    // MARK: The sender waits for the reader, and the reader for the sender

    private static let piece = [UInt8](repeating: 0, count: 16 << 10)

    @Test func nothingIsAskedForAhead() async throws {
        let sender = Sender([Self.piece], isEndless: true)
        var reader = try await AudioInput(live: sender.stream, encoding: .pcmS16LE).open()
        _ = try await reader.read(100)
        #expect(sender.sent <= 3)
        for second in 1...20 {
            var count = 0
            while count < 16_000 { count += try await reader.read(16_000 - count).count }
            #expect(sender.sent <= 3 + second * 2)
        }
    }

    @Test func theSenderWaitsForTheChildAndItsReader() async throws {
        let sender = Sender([Array("OggS....".utf8) + Self.piece, Self.piece], isEndless: true)
        try await standIn(Self.copying) { ffmpeg, folder in
            var input = AudioInput(live: sender.stream)
            input.ffmpeg = ffmpeg
            do {
                var reader = try await input.open()
                _ = try await reader.read(100)
                try await Task.sleep(for: .milliseconds(200))
                // Two pipes of 64 KiB, and a buffer or two: half a MiB, of a stream without end.
                #expect(sender.sent <= 32, "\(sender.sent)")
                var count = 0
                while count < 16_000 * 60 { count += try await reader.read(16_000).count }
                #expect(sender.sent * Self.piece.count < 60 * 64_000 + 32 * Self.piece.count)
            }
            // The child of a reader that is gone is gone too.
            try await theyEnd(folder)
        }
    }

    @Test(arguments: [false, true])
    func whatTheSenderThrowsIsThrown(throughFFmpeg: Bool) async throws {
        let pieces = [Array("OggS....".utf8)] + [[UInt8]](repeating: Self.piece, count: 10)
        let sender = Sender(pieces, failure: Sender.Gone())
        try await standIn(Self.copying) { ffmpeg, folder in
            var input = AudioInput(live: sender.stream, encoding: throughFFmpeg ? .auto : .pcmS16LE)
            input.ffmpeg = ffmpeg
            await #expect(throws: Sender.Gone.self) { _ = try await input.open().all(10_000) }
            try await theyEnd(folder)
        }
    }

    @Test(arguments: [false, true])
    func aReaderThatIsCancelledEndsAll(throughFFmpeg: Bool) async throws {
        try await standIn(Self.copying) { ffmpeg, folder in
            let (stream, sender) = AsyncStream<[UInt8]>.makeStream()
            let gone = AsyncStream<Void>.makeStream()
            sender.onTermination = { _ in gone.continuation.finish() }
            sender.yield(Array("OggS....".utf8) + Self.piece)
            let reading = Task { [stream] in
                var input = AudioInput(live: stream, encoding: throughFFmpeg ? .auto : .pcmS16LE)
                input.ffmpeg = ffmpeg
                _ = try await input.open().all()
            }
            if throughFFmpeg { _ = try await poll { processes(folder).isEmpty ? nil : true } }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            try await theyEnd(folder)
            // The sender is told.
            for await _ in gone.stream {}
        }
    }
}
