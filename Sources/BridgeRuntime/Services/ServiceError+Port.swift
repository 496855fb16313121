public import BridgeSupport

extension ServiceError {
    /// The error of a server that cannot listen.
    public static func portInUse(_ port: Int) -> ServiceError {
        .invalid(
            "port",
            "Port \(port) is in use: by this server already running, or by another program ('ss -ltnp' shows which). Stop it, or choose another port with --port."
        )
    }
}
