import Audio
import BridgeSupport
import HTTPTypes

extension LinearPCM {
    private static let bitsByType = ["audio/l8": 8, "audio/l16": 16, "audio/l24": 24]

    /// - Parameter contentType: with its parameters. nil is returned for another type.
    /// - Throws: `invalid_request` if the rate is missing, or a number is out of range.
    init?(contentType: String) throws {
        let parts = contentType.split(separator: ";").map { $0.filter { !" \t\"".contains($0) }.lowercased() }
        guard let type = parts.first, let bits = Self.bitsByType[type] else { return nil }
        let rate = try Self.number("rate", in: parts.dropFirst(), AudioEncoding.sampleRates)
        guard let rate else {
            throw ServiceError.invalid(
                HTTPField.Name.contentType.rawName,
                "\(type) says nothing of its sample rate; send it as \(type);rate=16000.")
        }
        let channels = try Self.number("channels", in: parts.dropFirst(), Self.channelCounts)
        self.init(bits: bits, sampleRate: rate, channels: channels ?? 1)
    }

    private static func number(
        _ name: String, in parameters: ArraySlice<String>, _ range: ClosedRange<Int>
    ) throws -> Int? {
        guard let parameter = parameters.first(where: { $0.hasPrefix("\(name)=") }) else { return nil }
        guard let number = Int(parameter.dropFirst(name.count + 1)), range.contains(number) else {
            throw ServiceError.invalid(
                HTTPField.Name.contentType.rawName,
                "The \(name) of a Content-Type must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
