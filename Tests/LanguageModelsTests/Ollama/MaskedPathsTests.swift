import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(1)))
struct MaskedPathsTests {
    @Test(arguments: [
        (
            "unable to load model: /usr/share/ollama/.ollama/models/blobs/sha256-6a0746a1ec1aef3e",
            "unable to load model: …"
        ),
        (
            "open /home/paul/.ollama/models/manifests/registry.ollama.ai/library/qwen3/4b: permission denied",
            "open …: permission denied"
        ),
        (
            "open /Users/Paul Martin/.ollama/models/x: no such file or directory",
            "open …: no such file or directory"
        ),
        (#"open C:\Users\Paul Martin\.ollama\models\x: access denied"#, "open …: access denied"),
        (#"open "C:\\Users\\Paul M. Martin\\.ollama": denied"#, #"open "…": denied"#),
        ("stat '/home/p q/r': gone", "stat '…': gone"), ("read ~/.ollama/id, ~paul/x.", "read …, …."),
        (#"\\server\share\x is away"#, "… is away"), ("path=/root/x (/root/y)", "path=… (…)"),
        ("file:///root/x failed", "… failed"), ("/root", "…"), ("\"/root/x", "\"…"), ("a:/root/x:", "…:"),
    ])
    func areCutOut(_ text: String, _ masked: String) { #expect(text.maskingPaths == masked) }

    @Test(arguments: [
        "model 'hf.co/unsloth/Qwen3-4B-GGUF:Q4_K_M' not found", "registry.ollama.ai/library/qwen3:4b is missing",
        "Post \"http://127.0.0.1:38575/completion\": EOF", "needs 9.9/10 GiB and/or a GPU", "1 / 2", "/", "",
        "\"/api/chat\" is not there", "HTTP/1.1 500", "a // b", "ratio: 3/4", "C: and ~ alone",
    ])
    func otherWordsStay(_ text: String) { #expect(text.maskingPaths == text) }
}
