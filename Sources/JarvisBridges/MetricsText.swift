/// The samples of one answer of `/metrics`.
///
/// Read here because no reader of Prometheus' text format is on the package mirror; it knows what our own server writes.
struct MetricsText: Sendable {
    struct Sample: Sendable, Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    let samples: [Sample]

    init(_ text: String) {
        samples = text.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...]), abs(value) < 1e15
            else { return nil }
            let key = line[..<space]
            guard let open = key.firstIndex(of: "{") else {
                return Sample(name: String(key), labels: [:], value: value)
            }
            let labels = key[key.index(after: open)...].matches(of: /(\w+)="((?:[^"\\]|\\.)*)"/).map {
                (String($0.output.1), Terminal.harmless(Self.unescaped($0.output.2)))
            }
            return Sample(
                name: String(key[..<open]), labels: Dictionary(labels, uniquingKeysWith: { $1 }), value: value)
        }
    }

    /// The sum of all samples of a name that have these labels, and perhaps others; nil if there is none.
    func sum(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples(name, labels)
        return found.isEmpty ? nil : found.reduce(0) { $0 + $1.value }
    }

    func samples(_ name: String, _ labels: [String: String] = [:]) -> [Sample] {
        samples.filter { sample in sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value } }
    }

    /// The values of a label, in order.
    func values(of label: String, in name: String) -> [String] {
        Set(samples(name).compactMap { $0.labels[label] }).sorted()
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        return String(text).replacing(/\\(.)/) { $0.output.1 == "n" ? "\n" : String($0.output.1) }
    }
}
