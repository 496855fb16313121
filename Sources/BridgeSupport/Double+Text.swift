extension Double {
    /// "1" and not "1.0".
    package var short: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
