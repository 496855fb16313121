import CZlib

/// How repetitive a text is: UTF-8 bytes by bytes of its zlib compression, at zlib's default level, header included.
///
/// openai-whisper's measure: above 2.4 a transcription has usually fallen into a loop.
func compressionRatio(of text: String) -> Double {
    let bytes = Array(text.utf8)
    var size = compressBound(uLong(bytes.count))
    var compressed = [UInt8](repeating: 0, count: Int(size))
    // Fails only for want of memory or room, and there is room.
    guard compress2(&compressed, &size, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK, size > 0 else {
        return 0
    }
    return Double(bytes.count) / Double(size)
}
