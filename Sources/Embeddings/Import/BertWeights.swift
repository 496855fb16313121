import OnnxGraph

/// The weights of a BERT as parts of a graph, by the names that transformers gives them. Each is asked for once.
protocol BertWeights: ~Copyable {
    /// The rows of a table [rows, hidden] that `indices` name.
    mutating func rows(
        _ name: String, _ shape: [Int], at indices: String, in graph: inout OnnxGraphBuilder
    ) throws -> String

    /// `input` [rows, in] times a matrix [out, in], transposed, and a bias [out] added.
    mutating func linear(
        _ name: String, _ shape: [Int], of input: String, in graph: inout OnnxGraphBuilder
    ) throws -> String

    /// A vector of `count` numbers.
    mutating func vector(_ name: String, _ count: Int, in graph: inout OnnxGraphBuilder) throws -> String

    /// All have been asked for.
    consuming func close() throws
}
