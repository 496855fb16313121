/// A number in JSON: whole numbers of up to 64 bits are exact, others are `Double`.
public struct JSONNumber: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// Each number is held by the first case that can hold it, so that 1 and 1.0 are the same.
    private enum Value: Sendable, Hashable { case signed(Int64), unsigned(UInt64), double(Double) }

    private let value: Value

    private init(value: Value) { self.value = value }

    /// A whole number, kept exactly.
    public init(_ integer: Int) { value = .signed(Int64(integer)) }

    /// A number that is whole and fits into 64 bits is kept as such.
    public init(_ double: Double) {
        value =
            Int64(exactly: double).map(Value.signed) ?? UInt64(exactly: double).map(Value.unsigned) ?? .double(double)
    }

    public init(integerLiteral integer: Int) { self.init(integer) }
    public init(floatLiteral double: Double) { self.init(double) }

    /// - Parameter text: a number as JSON has it.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        if let whole = Self.whole(text) {
            self.init(value: whole)
        } else {
            self.init(Self.simple(text) ?? Double(String(decoding: text, as: UTF8.self)) ?? .infinity)
        }
    }

    /// The nearest `Double`.
    public var double: Double {
        switch value {
        case .signed(let whole): Double(whole)
        case .unsigned(let whole): Double(whole)
        case .double(let double): double
        }
    }

    /// The number where it is whole and fits.
    public var integer: Int? {
        guard case .signed(let whole) = value else { return nil }
        return Int(exactly: whole)
    }

    /// The digits of a whole number without point and exponent; nil for other numbers, and for more than 64 bits.
    private static func whole(_ text: UnsafeBufferPointer<UInt8>) -> Value? {
        let isNegative = text.first == UInt8(ascii: "-")
        var magnitude: UInt64 = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            guard byte.isJSONDigit else { return nil }
            let (tens, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeYet) = tens.addingReportingOverflow(UInt64(byte & 0xF))
            guard !isTooLarge, !isTooLargeYet else { return nil }
            magnitude = sum
        }
        if isNegative { return Int64(exactly: -Int128(magnitude)).map(Value.signed) }
        return Int64(exactly: magnitude).map(Value.signed) ?? .unsigned(magnitude)
    }

    /// Powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = (0...22).map { Double("1e\($0)") ?? 1 }

    /// A decimal of so few digits that one division or multiplication of two exact numbers rounds it rightly (Clinger 1990); nil
    /// for others.
    private static func simple(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var (digits, exponent, hasPoint) = (UInt64(0), 0, false)
        let isNegative = text.first == UInt8(ascii: "-")
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: ".") {
                hasPoint = true
            } else {
                guard byte.isJSONDigit, digits < 1 << 49 else { return nil }
                digits = digits * 10 + UInt64(byte & 0xF)
                if hasPoint { exponent += 1 }
            }
        }
        guard digits <= 1 << 53, exponent < powers.count else { return nil }
        let magnitude = Double(digits) / powers[exponent]
        return isNegative ? -magnitude : magnitude
    }
}

extension JSONNumber: Encodable {
    /// Whole numbers stay whole: 1 must not become 1.0 in a schema.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .signed(let whole): try container.encode(whole)
        case .unsigned(let whole): try container.encode(whole)
        case .double(let double): try container.encode(double)
        }
    }
}
