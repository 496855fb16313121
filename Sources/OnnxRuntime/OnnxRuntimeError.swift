internal import COnnxRuntime

/// A failure of the engine: what was tried, and the engine's message.
public struct OnnxRuntimeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The engine's own codes, and codes of this wrapper below zero.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// A code of the engine if positive, of this module if negative.
        public var rawValue: Int32
        /// A code by its number, also one without a name here.
        public init(rawValue: Int32) { self.rawValue = rawValue }
        /// The engine's code for everything without a code of its own.
        public static let failure = Code(rawValue: 1)
        /// An input is missing, or has another type or shape.
        public static let invalidArgument = Code(rawValue: 2)
        /// There is no file at the model's path.
        public static let noSuchFile = Code(rawValue: 3)
        /// The file is not an ONNX model, or is cut short.
        public static let invalidProtobuf = Code(rawValue: 7)
        /// The engine lacks an operator, or a type of it.
        public static let notImplemented = Code(rawValue: 9)
        /// The file is an ONNX model whose parts do not fit together.
        public static let invalidGraph = Code(rawValue: 10)
        /// No usable library was found.
        public static let engineMissing = Code(rawValue: -1)
        /// The library exists but is not one that this wrapper can use.
        public static let engineUnusable = Code(rawValue: -2)
        /// The run was cancelled.
        public static let cancelled = Code(rawValue: -3)
    }

    /// What was tried, such as "load model /…/encoder.onnx".
    public var operation: String
    /// The kind of failure.
    public var code: Code
    /// In the engine's words, without the places in its source code.
    public var message: String

    /// The operation ends "ONNX Runtime could not …".
    public init(operation: String, code: Code, message: String) {
        self.operation = operation
        self.code = code
        self.message = message
    }

    /// The name of the model's file, if it failed on one.
    public var modelFile: String? {
        operation.lastIndex(of: "/").map { String(operation[operation.index(after: $0)...]) }
    }

    /// A sentence for the log.
    public var description: String { "ONNX Runtime could not \(operation): \(message)" }
}

/// The function table, which also turns the engine's statuses into errors.
///
/// The table is immutable for the life of the process (the library is never closed), and every function in it may be called
/// from any thread; that is the proof that sharing the pointer is safe.
@safe struct EngineAPI: Sendable {
    nonisolated(unsafe) let table: UnsafePointer<OrtApi>
    nonisolated(unsafe) let allocator: OpaquePointer

    func check(_ operation: @autoclosure () -> String, _ status: OpaquePointer?) throws(OnnxRuntimeError) {
        guard let status = unsafe status else { return }
        defer { unsafe jb_ReleaseStatus(table, status) }
        let text = unsafe jb_GetErrorMessage(table, status).map { unsafe String(cString: $0) } ?? ""
        throw OnnxRuntimeError(
            operation: operation(), code: .init(rawValue: unsafe jb_GetErrorCode(table, status)),
            message: Self.tidy(text))
    }

    /// Takes ownership of a string that the engine allocated.
    func take(_ string: UnsafeMutablePointer<CChar>?) -> String {
        guard let string = unsafe string else { return "" }
        defer { unsafe jb_ReleaseStatus(table, jb_AllocatorFree(table, allocator, string)) }
        return unsafe String(cString: string)
    }

    /// The engine's messages contain paths of its own source code, which are of no use here.
    static func tidy(_ message: String) -> String {
        let lines = message.split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("Stacktrace") && !$0.hasPrefix("#")
        }
        return lines.map { line in
            guard let start = line.firstRange(of: "/onnxruntime/") ?? line.firstRange(of: "/onnxruntime_src/"),
                let end = line.firstRange(of: "[ONNXRuntimeError]") ?? line[start.upperBound...].firstRange(of: ") ")
            else { return line }
            let prefix = line[..<start.lowerBound].split(separator: " ").dropLast().joined(separator: " ")
            return (prefix.isEmpty ? "" : prefix + " ") + line[end.upperBound...].drop { $0 == " " || $0 == ":" }
        }.joined(separator: " ")
    }
}
