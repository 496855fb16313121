import Synchronization

/// What tells a request from others in the log and in its answer.
enum RequestIdentifier {
    /// The client's id for the request if it is fit for a header and a log line, otherwise a new one.
    static func of(_ given: String?) -> String {
        if let given, (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            })
        {
            return given
        }
        return new()
    }

    /// Sixteen hexadecimal digits that no other request has, and hardly one of another process. They need not be hard to guess, so
    /// the system is asked for randomness only once: a call for each costs more than everything else that a small request needs.
    static func new() -> String {
        // SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014. Each state gives another number.
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        var number = state.wrappingAdd(step, ordering: .relaxed).newValue
        number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        number ^= number >> 31
        return String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number >> (60 - 4 * place)) & 0xF
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }

    private static let state = Atomic(UInt64.random(in: .min ... .max))
}
