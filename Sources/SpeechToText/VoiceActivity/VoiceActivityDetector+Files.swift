extension VoiceActivityDetector {
    /// The name of the network's file, as the package index has it.
    public static let fileName = "silero_vad_16k_sequence.onnx"
}
