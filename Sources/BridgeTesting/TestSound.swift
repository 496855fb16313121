/// Sound for tests that only ask whether there is any.
package enum TestSound {
    /// A square wave of 400 Hz at 16 kHz, at a tenth of full scale. Identical samples would be an offset, which is not sound.
    package static func tone(_ count: Int) -> [Float] { (0..<count).map { $0 / 20 % 2 == 0 ? 0.1 : -0.1 } }
}
