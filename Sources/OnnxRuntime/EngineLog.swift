/// A line of the engine's own log.
public struct EngineLogMessage: Sendable, Hashable {
    /// Raw values are the engine's.
    public enum Severity: Int32, Sendable, Hashable {
        /// The engine is asked for `warning` and anything more severe.
        case verbose, info, warning, error, fatal
    }

    /// The severity according to the engine.
    public var severity: Severity
    /// The part of the engine that logged it.
    public var category: String
    /// Without the time, level and place that the engine writes before it.
    public var message: String
}

/// The object that the engine's log callback points to.
///
/// It is made once with the environment, which is never released, and therefore lives as long as the process.
@safe final class EngineLogSink: Sendable {
    private let receive: @Sendable (EngineLogMessage) -> Void

    private init(_ receive: @escaping @Sendable (EngineLogMessage) -> Void) { self.receive = receive }

    /// A retained sink, nil without a receiver.
    static func makePointer(_ receive: (@Sendable (EngineLogMessage) -> Void)?) -> UnsafeMutableRawPointer? {
        unsafe receive.map { unsafe Unmanaged.passRetained(EngineLogSink($0)).toOpaque() }
    }

    /// Called from any thread; the strings are valid during the call only.
    static let callback:
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Void = { sink, severity, category, _, _, message in
            guard let sink = unsafe sink else { return }
            unsafe Unmanaged<EngineLogSink>.fromOpaque(sink).takeUnretainedValue().receive(
                EngineLogMessage(
                    severity: .init(rawValue: severity) ?? .error,
                    category: unsafe category.map { unsafe String(cString: $0) } ?? "",
                    message: EngineAPI.tidy(unsafe message.map { unsafe String(cString: $0) } ?? "")))
        }
}
