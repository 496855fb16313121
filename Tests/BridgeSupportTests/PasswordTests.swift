import BridgeSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PasswordTests {
    @Test(arguments: [
        ("http://user:secret@host:1/path", "http://********@host:1/path"),
        ("user:secret@host:1", "********@host:1"),
        ("HTTPS://user:sec/ret@host", "HTTPS://********@host"),
        ("http://user:sec@ret@host", "http://********@host"),
        ("user:secret://x@host", "********@host"),
        ("//user:secret@host", "********@host"),
        (" http://user:secret\n@host", "********@host"),
        ("user:secret@\u{301}host", "********@\u{301}host"),
        ("secret@", "********@"),
        ("http://host:1/path?key=secret", "http://host:1/path?********"),
        ("user:secret@host?key=secret", "********@host?********"),
    ])
    func isMaskedHoweverTheAddressIsWritten(_ address: String, _ masked: String) {
        #expect(address.maskingPassword == masked)
    }

    @Test(arguments: ["", "127.0.0.1:11434", "http://host:1/path", "socks5://[::1]:1080"])
    func addressesWithoutOneStayAsTheyAre(_ address: String) {
        #expect(address.maskingPassword == address)
    }
}
