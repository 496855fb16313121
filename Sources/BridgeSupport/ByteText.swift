import Foundation

/// Sizes in the words of the error messages and the progress line.
package enum ByteText {
    package static func size(_ bytes: Int64) -> String {
        var (value, unit) = (Double(bytes), 0)
        let units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let digits = unit == 0 || value >= 99.95 ? 0 : 1
        return String(format: "%.\(digits)f %@", value, units[unit])
    }
}
