extension Double {
    /// Whole numbers without a fraction: "1", not "1.0".
    package var short: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
