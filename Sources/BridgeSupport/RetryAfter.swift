public import Foundation

/// The header Retry-After (RFC 9110, 10.2.3).
public enum RetryAfter {
    /// The wait that it asks for: a number of seconds, or a date in HTTP's format. At most a day; nil if it is neither.
    ///
    /// - Parameter today: which a date is relative to.
    public static func wait(_ text: String, today: Date = Date()) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        // The name of the day adds nothing to the date.
        let date = text.split(separator: ", ").last.map(String.init) ?? text
        let moment = try? Date(date, strategy: httpDate)
        let seconds = Int64(text).map(Double.init) ?? moment?.timeIntervalSince(today)
        return seconds.map { .seconds(max(0, min($0, 86400))) }
    }

    private static let httpDate = Date.VerbatimFormatStyle(
        format:
            "\(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)
    ).parseStrategy
}
