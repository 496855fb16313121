/// Reads the header `Accept` (RFC 9110, 12.5.1).
enum Accept {
    /// The types in the header, in its order and in lower case, each with its weight: 1 unless it says otherwise, 0 for a type
    /// that is not wanted at all.
    static func types(_ header: String?) -> [(name: String, quality: Double)] {
        (header ?? "").lowercased().split(separator: ",").map { type in
            let parts = type.split(separator: ";").map { $0.filter { $0 != " " } }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (parts.first ?? "", quality)
        }
    }
}
