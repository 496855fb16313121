/// The version of this software, as `/health`, `--version` and the changelog give it.
public enum BridgeVersion {
    public static let current = "2.0.0"
}
