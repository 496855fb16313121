import BridgeSupport
import Foundation
import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(5))) struct AudioInputTests {
    private let minute = Duration.seconds(60)

    /// What only a child process can decode, and a stand-in for it.
    private func compressed(_ ffmpeg: FFmpeg) -> AudioInput {
        var input = AudioInput(Array("OggS....".utf8))
        input.ffmpeg = ffmpeg
        return input
    }

    /// Silence, without a word of its length.
    private func silence(seconds: Double) -> String {
        "echo $$ >> $here/pids; cat $here/header; head -c \(Int(seconds * 16_000) * 4) /dev/zero && echo > $here/done"
    }

    @Test(arguments: [
        (0.5, false, 1), (15, false, 1), (15.1, false, 2), (60, false, 2), (60.001, true, 2),
    ])
    func theLengthOfWhatTellsNone(seconds: Double, isBeyond: Bool, times: Int) async throws {
        try await standIn(silence(seconds: seconds)) { ffmpeg, folder in
            let input = compressed(ffmpeg)
            var length = try await input.look(beyond: minute)
            let found = length.isBeyond
            #expect(found == isBeyond)
            // No child waits.
            try await theyEnd(folder)
            let reader = length.reader.take()
            // All of it is there afterwards, once.
            let count =
                if let reader { try await reader.all(10_000).count } else {
                    try await input.open().all(10_000).count
                }
            #expect(count == Int(seconds * 16_000))
            #expect(processes(folder).count == times)
        }
    }

    @Test func noMoreThanTheLimitIsDecoded() async throws {
        try await standIn(silence(seconds: 3600)) { ffmpeg, folder in
            let isBeyond = try await compressed(ffmpeg).look(beyond: minute).isBeyond
            #expect(isBeyond)
            try await theyEnd(folder)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/done"))
        }
    }

    @Test func aLengthThatIsToldNeedsNoReading() async throws {
        let wav = WAVWriter.file([Float](repeating: 0, count: 61 * 16_000), sampleRate: 16_000)
        var length = try await AudioInput(wav).look(beyond: minute)
        let count = if let reader = length.reader.take() { try await reader.all(10_000).count } else { 0 }
        let isBeyond = length.isBeyond
        #expect(isBeyond && count == 61 * 16_000)
    }

    @Test func errorsOfOpeningComeBack() async {
        let error = await serviceError { _ = try await AudioInput([1, 2, 3]).look(beyond: minute) }
        #expect(error?.code == .undecodableAudio)
    }

    @Test func whatNeedsADecoderIsKnown() {
        func size(_ bytes: [UInt8], _ encoding: AudioEncoding) -> Int? {
            AudioInput(bytes, encoding: encoding).compressedBytes
        }
        let wav = WAVWriter.file([0, 0.5], sampleRate: 16_000)
        #expect(size(wav, .auto) == nil && size(wav, .wav) == nil)
        #expect(size(Array("ID3".utf8), .pcmS16LE) == nil)
        #expect(size(Array("ID3".utf8), .auto) == 3)
        // µ-law in WAV, whose format is the 21st byte.
        var law = wav
        law[20] = 7
        #expect(size(law, .wav) == law.count)
    }

    /// Once its bytes have gone to the reader, the input holds none of them any more.
    @Test func theBytesPassToTheReader() async throws {
        let wav = WAVWriter.file([0, 0.5], sampleRate: 16_000)
        func isHeld(_ input: AudioInput) -> Bool {
            if case .bytes(let held) = input.content { held.look { !$0.isEmpty } } else { false }
        }
        let opened = AudioInput(wav)
        let reader = try await opened.open()
        let duration = reader.duration
        #expect(!isHeld(opened) && duration != nil)
        let seen = AudioInput(wav)
        _ = try await seen.look(beyond: minute)
        #expect(!isHeld(seen))
        try await standIn(silence(seconds: 61)) { ffmpeg, _ in
            let long = compressed(ffmpeg)
            _ = try await long.look(beyond: minute)
            #expect(isHeld(long))
            _ = try await long.open()
            #expect(!isHeld(long))
        }
    }
}
