/// The version of this software, as `/health`, `--version` and the changelog give it.
public enum BridgeVersion {
    /// By semantic versioning.
    public static let current = "2.0.0"
}
