/// How fast espeak-ng can be told to speak, in words a minute.
public enum SpeechRate {
    /// Rates outside the range are clamped. Above 450 the library compresses the sound in time with libsonic, which its header does
    /// not mention; below ``slowestSpoken`` jarvis-espeak stretches it in the same way.
    public static let all = 20...700
    /// Words a minute: espeak-ng's own default.
    public static let normal = 175
    /// The library's slowest.
    public static let slowestSpoken = 80

    /// The factor by which sound at ``slowestSpoken`` must be lengthened to have `rate`.
    public static func stretch(_ rate: Int) -> Double {
        Double(max(rate, slowestSpoken)) / Double(max(rate, all.lowerBound))
    }
}
