/// How fast espeak-ng can be told to speak, in words a minute.
public enum SpeechRate {
    /// Rates outside are brought to the nearest. Above 450 the library compresses the sound in time with libsonic, which its header does
    /// not tell; below ``slowestSpoken`` jarvis-espeak stretches it in the same way.
    public static let all = 20...700
    /// Words a minute: espeak-ng's own default.
    public static let normal = 175
    /// The library's slowest.
    public static let slowestSpoken = 80

    /// How many times as long sound at ``slowestSpoken`` becomes, so that it has `rate`.
    public static func stretch(_ rate: Int) -> Double {
        Double(max(rate, slowestSpoken)) / Double(max(rate, all.lowerBound))
    }
}
