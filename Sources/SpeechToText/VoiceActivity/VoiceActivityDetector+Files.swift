extension VoiceActivityDetector {
    /// The id of the model; there is only one.
    public static let modelID = "silero-vad"
    /// The name of the network's file, as the package index has it.
    public static let fileName = "silero_vad_16k_sequence.onnx"
}
