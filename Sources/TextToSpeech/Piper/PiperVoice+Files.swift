public import Foundation

extension PiperVoice {
    /// Whether files with these names are the voice `id`.
    public static func isVoice(_ id: String, _ files: Set<String>) -> Bool {
        files.contains("\(id).onnx") && files.contains("\(id).onnx.json")
    }

    /// The network and the configuration of the voice `id` in its directory.
    public static func files(of id: String, in directory: URL) -> (model: URL, config: URL) {
        let model = directory.appending(path: "\(id).onnx")
        return (model, model.appendingPathExtension("json"))
    }
}
