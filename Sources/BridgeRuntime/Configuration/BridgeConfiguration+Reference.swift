extension BridgeConfiguration {
    /// The reference page of all settings, as Markdown.
    public static func markdownReference() -> String {
        let rows = Keys.all.map { setting in
            let value = setting.defaultText.isEmpty ? "" : "`\(setting.defaultText)`"
            return
                "| `\(setting.name)` | `\(setting.environmentName)` | \(setting.allowed) | \(value) | \(setting.summary)\(setting.isSecret ? " Secret." : "") |"
        }
        return """
            # Configuration

            Defaults, then `jarvis.yaml` (or the file of `--config` or `JARVIS_CONFIG`), then environment variables, then flags (`--host`, `--port`,
            `--log-level`, and `--set key=value` for every setting): the later one wins. An unknown name or a bad value stops
            the start. `jarvis-bridges config` prints the effective values and where each comes from.

            In YAML, dots are levels and lists may be lists:

            ```yaml
            host: 0.0.0.0
            keys:
              file: /etc/jarvis-bridges/keys.jsonl
            models:
              tts: fr_FR-siwis-medium
            cors:
              origins: ["https://maison.example"]
            ```

            | Setting | Variable | Value | Default | Meaning |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            The usual variables of other programs count as well:

            | Variable | Meaning |
            |---|---|
            | `HF_ENDPOINT` | A mirror of the model hub; `https://user:password@host` for one that asks for them. |
            | `HF_TOKEN` | A token for gated models; it goes to the hub only. |
            | `HF_HUB_OFFLINE` | `1` keeps downloads off the hub; what the Python package index has is still fetched. |
            | `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` | Proxies for downloads: `http://host:port`, also with `user:password@`, or `socks5://host:port`. An http proxy is asked with CONNECT for every address, also for http ones, and must allow that. |
            | `NO_PROXY` | Hosts and domains that are asked directly. |
            | `XDG_DATA_HOME` | What stands for `~/.local/share` where `data_dir` is empty. |
            | `OTEL_EXPORTER_OTLP_ENDPOINT` | The collector of traces, where `tracing.endpoint` is empty. |
            | `OTEL_EXPORTER_OTLP_HEADERS` | What that collector wants in the head of each request, where `tracing.headers` is empty. |
            | `OLLAMA_HOST` | Where Ollama listens, where `ollama.host` is empty. |
            | `NO_COLOR` | No colours on a terminal when it is not empty. |

            This page is printed by `jarvis-bridges config --markdown`; a test compares the two.
            """
    }
}
