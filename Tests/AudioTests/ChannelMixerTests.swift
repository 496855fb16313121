import BridgeSupport
import Foundation
import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(5))) struct ChannelMixerTests {
    private static let surround = 0x3F

    private func interleaved(_ channels: [[Float]]) -> [Float] {
        (0..<(channels.first?.count ?? 0)).flatMap { frame in channels.map { $0[frame] } }
    }

    private func wav(_ channels: [[Float]], speakers: Int? = nil) -> [UInt8] {
        var wav = WAVBytes(tag: 3, channels: channels.count, bits: 32, extensible: speakers == nil ? nil : 3)
        wav.data = interleaved(channels).flatMap { WAVBytes.little(Int($0.bitPattern), 4) }
        var bytes = wav.bytes
        if let speakers { bytes.replaceSubrange(40..<44, with: WAVBytes.little(speakers, 4)) }
        return bytes
    }

    // MARK: Shares

    @Test func unknownChannelsCountAlike() {
        #expect(ChannelMixer(channels: 4).weights == [0.25, 0.25, 0.25, 0.25])
        // A set of loudspeakers for another number of channels says nothing.
        #expect(ChannelMixer(channels: 2, speakers: Self.surround).weights == [0.5, 0.5])
        #expect(ChannelMixer(channels: 1, speakers: 8).weights == [1])
    }

    @Test func inSurroundSoundTheCentreCountsMostAndTheSubwooferNothing() {
        let weights = ChannelMixer(channels: 6, speakers: Self.surround).weights
        #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
        #expect(weights[3] == 0)
        #expect(weights[2] > weights[0] && weights[0] == weights[1] && weights[0] > weights[4])
    }

    // MARK: Opposite phase

    @Test func whereChannelsCancelTheLouderIsTakenAndSaid() async throws {
        let left = sine(300, seconds: 1, rate: 16_000)
        var source = try await opened(wav([left, left.map { $0 * -0.8 }]))
        #expect(try await source.rest() == left)
        let warnings = source.warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("audio_data: ") == true && warnings.first?.contains("opposite phase") == true)
    }

    /// What both channels have in common stays in the mix where their speech cancels out.
    @Test(arguments: [16_000, 48_000], ["offset", "hum", "noise"])
    func whatChannelsHaveInCommonHidesNoOppositePhase(rate: Int, kind: String) {
        var random = SplitMix(state: 5)
        let common: [Float] =
            switch kind {
            case "offset": [Float](repeating: 0.05, count: 2 * rate)
            case "hum": sine(50, seconds: 2, rate: rate, amplitude: 0.05)
            default: (0..<2 * rate).map { _ in Float(Int(random.next() % 2001) - 1000) * 1e-5 }
            }
        // Words with pauses between them.
        let voice = sine(500, seconds: 2, rate: rate, amplitude: 0.05).enumerated().map { index, sample in
            index * 2 / rate % 2 == 0 ? sample : 0
        }
        let (left, right) = (zip(common, voice).map { $0 + $1 }, zip(common, voice).map { $0 - $1 })
        var mixer = ChannelMixer(channels: 2, sampleRate: rate)
        let mixed = mixer.mix(interleaved([left, right]))
        #expect(mixed == left || mixed == right)
        #expect(mixer.warnings.count == 1)
    }

    @Test func speechInTheMiddleOfWideSoundIsMixed() {
        let (voice, wide) = (sine(500, seconds: 1, rate: 16_000), sine(300, seconds: 1, rate: 16_000, amplitude: 0.3))
        var mixer = ChannelMixer(channels: 2)
        _ = mixer.mix(interleaved([zip(voice, wide).map { $0 + $1 }, zip(voice, wide).map { $0 - $1 }]))
        #expect(mixer.warnings.isEmpty)
    }

    @Test func theSubwooferIsNeverTakenAlone() {
        let voice = sine(300, seconds: 1, rate: 16_000, amplitude: 0.2)
        let rumble = sine(40, seconds: 1, rate: 16_000, amplitude: 0.9)
        let silence = [Float](repeating: 0, count: voice.count)
        var mixer = ChannelMixer(channels: 6, speakers: Self.surround)
        let mixed = mixer.mix(interleaved([voice, voice.map { -$0 }, silence, rumble, silence, silence]))
        #expect(mixed == voice || mixed == voice.map { -$0 })
    }

    @Test func otherStereoIsMixedWithoutAWord() async throws {
        let (one, other) = (sine(300, seconds: 1, rate: 16_000), sine(437, seconds: 1, rate: 16_000))
        let silence = [Float](repeating: 0, count: one.count)
        for channels in [[one, one], [one, other], [one, silence], [silence, silence]] {
            var source = try await opened(wav(channels))
            let expected = zip(channels[0], channels[1]).map { ($0 + $1) / 2 }
            #expect(try await source.rest() == expected)
            #expect(source.warnings.isEmpty)
        }
    }

    @Test func aStretchOfOppositePhaseEnds() {
        let tone = sine(300, seconds: 1, rate: 16_000)
        var mixer = ChannelMixer(channels: 2)
        #expect(mixer.mix(interleaved([tone, tone.map { -$0 }])) == tone)
        #expect(mixer.mix(interleaved([tone, tone])) == tone)
        #expect(mixer.warnings.count == 1)
    }

    @Test func whisperingNoiseIsNoOppositePhase() {
        let quiet = sine(300, seconds: 1, rate: 16_000, amplitude: 1e-4)
        var mixer = ChannelMixer(channels: 2)
        _ = mixer.mix(interleaved([quiet, quiet.map { -$0 }]))
        #expect(mixer.warnings.isEmpty)
    }

    // MARK: WAV and FFmpeg agree

    /// Runs FFmpeg's own tool on a WAV.
    private func flac(_ wav: [UInt8]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appendingPathComponent("in.wav"), folder.appendingPathComponent("out.flac"))
        try Data(wav).write(to: input)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tool.arguments = ["ffmpeg", "-nostdin", "-v", "error", "-i", input.path, output.path]
        try tool.run()
        tool.waitUntilExit()
        #expect(tool.terminationStatus == 0)
        return [UInt8](try Data(contentsOf: output))
    }

    @Test func surroundSoundIsTheSameThroughFFmpeg() async throws {
        let channels = (0..<6).map { sine(200 + 70 * Double($0), seconds: 1, rate: 16_000, amplitude: 0.3) }
        let bytes = wav(channels, speakers: Self.surround)
        let direct = try await opened(bytes).all()
        let decoded = try await opened(try flac(bytes)).all()
        #expect(direct.count == decoded.count)
        #expect(zip(direct, decoded).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func oppositePhaseIsFoundThroughFFmpegToo() async throws {
        let left = sine(300, seconds: 1, rate: 16_000)
        var source = try await opened(try flac(wav([left, left.map { -$0 }])), field: "file")
        #expect(zip(try await source.rest(), left).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(source.warnings.first?.hasPrefix("file: ") == true)
    }
}
