extension Unicode.Scalar {
    /// Whether this character existed in `version` of Unicode.
    package func exists(inUnicode version: Int) -> Bool {
        // No character below U+0300 is younger than any version in use.
        value < 0x300 || (properties.age.map { ($0.major, $0.minor) <= (version, 0) } ?? false)
    }
}
