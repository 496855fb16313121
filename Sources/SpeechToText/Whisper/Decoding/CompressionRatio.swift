import BridgeSupport

/// How repetitive a text is: UTF-8 bytes by bytes of its zlib compression, at zlib's default level, header included.
///
/// openai-whisper's measure: above 2.4 a transcription has usually fallen into a loop.
func compressionRatio(of text: String) -> Double {
    let bytes = Array(text.utf8)
    guard let size = Compression.deflatedSize(of: bytes), size > 0 else { return 0 }
    return Double(bytes.count) / Double(size)
}
