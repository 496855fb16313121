import BridgeSupport
import LanguageModels
import Testing

@Suite(.timeLimit(.minutes(5)))
struct OllamaAddressTests {
    @Test(arguments: [
        ("", "http://127.0.0.1:11434"),
        ("1.2.3.4", "http://1.2.3.4:11434"),
        (":1234", "http://127.0.0.1:1234"),
        ("1.2.3.4:", "http://1.2.3.4:11434"),
        ("example.com", "http://example.com:11434"),
        ("example.com:1234", "http://example.com:1234"),
        ("http://1.2.3.4", "http://1.2.3.4:80"),
        ("https://1.2.3.4", "https://1.2.3.4:443"),
        ("https://1.2.3.4:4321", "https://1.2.3.4:4321"),
        ("HTTP://example.com:11434/", "http://example.com:11434"),
        ("https://example.com/ollama", "https://example.com:443/ollama"),
        ("example.com/a/b//", "http://example.com:11434/a/b"),
        ("ollama.com", "https://ollama.com:443"),
        ("[::1]", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::1]:1337", "http://[::1]:1337"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        (":66000", "http://127.0.0.1:11434"),
        (":-1", "http://127.0.0.1:11434"),
        ("host:port", "http://host:11434"),
        (" \" 1.2.3.4 \" ", "http://1.2.3.4:11434"),
        ("'example.com'", "http://example.com:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("[::]:8080", "http://[::1]:8080"),
    ])
    func addressesAreReadAsOllamaReadsThem(text: String, url: String) throws {
        let address = try OllamaAddress(text)
        #expect(address.url == url)
        #expect(url.hasPrefix(address.description.replacing("/…", with: "")))
    }

    @Test(arguments: ["http://host:9/?key=secret", "http://host:9/secret/", "host:9/a?b=secret#secret"])
    func whatMayBeASecretIsNotShown(text: String) throws {
        let address = try OllamaAddress(text)
        #expect("\(address)" == "http://host:9/…")
        #expect(address.url.contains("secret"))
    }

    @Test(arguments: [
        "ftp://host", "a b", "user:secret@host", "http://user:1/secret@host", "user:secret://x@host", "ho?st",
        "http://a\u{0}b", ":::bad",
    ])
    func impossibleAddressesAreRefused(text: String) throws {
        let error = try #require(throws: ServiceError.self) { try OllamaAddress(text) }
        #expect(error.code == .invalidRequest)
        #expect(error.param == "OLLAMA_HOST")
        #expect(!error.message.contains("secret"))
    }
}
