import BridgeSupport
public import Foundation
import OnnxGraph

/// Writes `model.onnx` beside the `config.json` and the weights of a BERT sentence encoder: `model.safetensors`, or several files with
/// `model.safetensors.index.json`.
///
/// Models are published as safetensors where no ONNX export exists, and users have no Python. The ONNX file holds only
/// the graph (some 20 kB, ``BertGraph``) and refers to the weights where they lie, so nothing is copied and all must stay in one directory.
///
/// The file appears completely or not at all.
///
/// - Throws: `ServiceError` naming the file at fault and why it cannot be converted.
public func exportSentenceEncoder(from directory: URL) throws {
    let configuration = try BertConfiguration(contentsOf: directory.appending(path: "config.json"))
    let graph = BertGraph(
        configuration, SafetensorsBertWeights(model: try SafetensorsModel(readingHeadersIn: directory)),
        dataFile: SafetensorsModel.wholeFile)
    let data = try graph.model()
    do {
        try data.write(to: directory.appending(path: "model.onnx"), options: .atomic)
    } catch {
        throw conversionFailure("model.onnx", "it could not be written", cause: error)
    }
}

/// The weights of a BERT as safetensors, which stay where they are.
private struct SafetensorsBertWeights: BertWeights {
    private let model: SafetensorsModel
    /// `bert.` if the network was saved as part of a larger model.
    private let prefix: String

    init(model: SafetensorsModel) {
        self.model = model
        prefix = model.tensors["bert.embeddings.word_embeddings.weight"] == nil ? "" : "bert."
    }

    func rows(
        _ name: String, _ shape: [Int], at indices: String, in graph: inout OnnxGraphBuilder
    ) throws -> String {
        graph.node(
            "Gather", [try tensor(name + ".weight", shape, in: &graph), indices], attributes: ["axis": .int(0)])
    }

    /// Gemm takes the weights as they are stored, and adds the bias itself.
    func linear(
        _ name: String, _ shape: [Int], of input: String, in graph: inout OnnxGraphBuilder
    ) throws -> String {
        let weight = try tensor(name + ".weight", shape, in: &graph)
        let bias = try vector(name + ".bias", shape[0], in: &graph)
        return graph.node("Gemm", [input, weight, bias], attributes: ["transB": .int(1)])
    }

    func vector(_ name: String, _ count: Int, in graph: inout OnnxGraphBuilder) throws -> String {
        try tensor(name, [count], in: &graph)
    }

    func close() {}

    private func tensor(_ name: String, _ shape: [Int], in graph: inout OnnxGraphBuilder) throws -> String {
        guard let (place, tensor) = model.tensors[prefix + name] else {
            let files = model.files.map(\.lastPathComponent)
            throw conversionFailure(
                files.count == 1 ? files[0] : SafetensorsModel.indexFile, "it lacks the tensor \"\(name)\"")
        }
        let file = model.files[place].lastPathComponent
        guard tensor.type == .float32, tensor.shape == shape else {
            throw conversionFailure(
                file, "its tensor \"\(name)\" is \(tensor.type.rawValue) \(tensor.shape) instead of F32 \(shape)")
        }
        return graph.external(
            name, ExternalTensor(type: .float32, shape: shape, offset: tensor.offset, byteCount: tensor.byteCount),
            in: file)
    }
}
