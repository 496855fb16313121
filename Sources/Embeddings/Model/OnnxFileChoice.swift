import BridgeSupport
import Foundation

extension SentenceEncoder {
    /// The paths of networks in a model's directory, by the names of the hub's exports: full precision first, then fused graphs, then
    /// 8-bit graphs for this kind of processor.
    static let onnxFiles: [String] = {
        let plain = ["model", "model_optimized", "model_O3", "model_O2", "model_O1"]
        #if arch(arm64)
            let quantized = ["model_quantized", "model_qint8_arm64", "model_int8", "model_uint8"]
        #else
            let quantized = [
                "model_quantized", "model_quint8_avx2", "model_qint8_avx512_vnni", "model_qint8_avx512", "model_int8",
                "model_uint8",
            ]
        #endif
        let half = ["model_fp16", "model_O4"]
        return (plain + quantized + half).flatMap { ["\($0).onnx", "onnx/\($0).onnx"] }
    }()
}

/// The network that is loaded from a model's directory.
func onnxFile(in directory: URL, modelID: String) throws(ServiceError) -> String {
    for file in SentenceEncoder.onnxFiles
    where FileManager.default.fileExists(atPath: directory.appending(path: file).path) { return file }
    throw .unusableModel(modelID, file: "model.onnx", reason: "there is no such file, nor one of its variants in onnx/")
}
