internal import COnnxRuntime

/// An opened library that turned out to be ONNX Runtime of a suitable version.
struct EngineLibrary {
    let path: String
    let version: String
    let api: EngineAPI

    /// - Parameter symbol: its OrtGetApiBase, nil if it has none.
    init(path: String, symbol: UnsafeMutableRawPointer?) throws(OnnxRuntimeError) {
        guard let symbol = unsafe symbol, let base = unsafe jb_get_base(symbol) else {
            throw Self.unusable(path, "it is not an ONNX Runtime library")
        }
        let version = unsafe String(cString: jb_get_version(base))
        guard let table = unsafe jb_get_api(base, UInt32(JB_ORT_API_VERSION)) else {
            throw Self.unusable(
                path, "its version \(version) is too old: 1.\(JB_ORT_API_VERSION) or later is needed")
        }
        var allocator: OpaquePointer?
        let status = unsafe jb_GetDefaultAllocator(table, &allocator)
        guard unsafe status == nil, let allocator = unsafe allocator else {
            unsafe jb_ReleaseStatus(table, status)
            throw Self.unusable(path, "it has no allocator")
        }
        self.path = path
        self.version = version
        api = unsafe EngineAPI(table: table, allocator: allocator)
    }

    private static func unusable(_ path: String, _ message: String) -> OnnxRuntimeError {
        OnnxRuntimeError(operation: "use \(path)", code: .engineUnusable, message: message)
    }
}
