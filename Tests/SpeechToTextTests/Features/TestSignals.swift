import Foundation

/// The signals of Tools/audio/make_speech_front_end_fixtures.py, computed the same way.
enum TestSignals {
    struct Unknown: Error {
        var name: String
    }

    static let rate = 16_000.0

    /// Numerical Recipes' 32-bit generator.
    struct LCG {
        var state: UInt32
        mutating func next() -> UInt32 {
            state = 1_664_525 &* state &+ 1_013_904_223
            return state
        }
    }

    static func named(_ name: String) throws -> [Float] {
        switch name {
        case "tone": wave(1) { 0.5 * sin(2 * Double.pi * 440 * $0) }
        case "sweep": wave(2) { 0.8 * sin(2 * Double.pi * (100 * $0 + 0.5 * 3450 * $0 * $0)) }
        case "noise": noise(480_000, amplitude: 0.25).map { Float($0) }
        case "quiet": quiet()
        case "harmonics": wave(7.3, harmonic)
        case "square": wave(0.1) { sin(2 * Double.pi * 310 * $0) >= 0 ? 1 : -1 }
        case "speech": try speech().map { Float($0) }
        case "noisySpeech": try noisySpeech()
        default: throw Unknown(name: name)
        }
    }

    static func noise(_ count: Int, amplitude: Double, seed: UInt32 = 1) -> [Double] {
        var generator = LCG(state: seed)
        return (0..<count).map { _ in (Double(generator.next()) / 2_147_483_648 - 1) * amplitude }
    }

    static func fixture(_ path: String) throws -> Data {
        try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures/\(path)"))
    }

    private static func wave(_ seconds: Double, _ value: (Double) -> Double) -> [Float] {
        (0..<Int(seconds * rate)).map { Float(value(Double($0) / rate)) }
    }

    private static func quiet() -> [Float] {
        zip(noise(80_000, amplitude: 0.001), 0...).map { hiss, index in
            Float(hiss + 0.01 * sin(2 * Double.pi * 1000 * Double(index) / rate))
        }
    }

    private static func harmonic(_ time: Double) -> Double {
        let tones = (1...20).reduce(0.0) { $0 + sin(2 * Double.pi * 150 * Double($1) * time) / Double($1) }
        return 0.2 * tones * (0.5 + 0.5 * sin(2 * Double.pi * 3 * time))
    }

    /// The 16-bit samples of the fixture, whose header has 44 bytes.
    private static func speech() throws -> [Double] {
        let bytes = [UInt8](try fixture("VoiceActivity/household.wav").dropFirst(44))
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Double(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 32_768
        }
    }

    private static func noisySpeech() throws -> [Float] {
        let clean = try speech()
        return zip(clean, noise(clean.count, amplitude: 0.02, seed: 7)).map { Float($0 + $1) }
    }
}
