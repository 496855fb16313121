import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct MultipartFormTests {
    private func form(_ body: String, boundary: String = "b") throws -> MultipartForm {
        try MultipartForm(Array(body.utf8), contentType: "multipart/form-data; boundary=\(boundary)")
    }

    private func part(_ disposition: String) throws -> MultipartForm.Part? {
        try form("--b\r\nContent-Disposition: form-data; \(disposition)\r\n\r\nx\r\n--b--").parts.first
    }

    @Test func quotesHoldWhatTheyHold() throws {
        let tricky = try part(#"filename="x; name=y.wav"; name="file""#)
        #expect(tricky?.name == "file" && tricky?.fileName == "x; name=y.wav")
        let escaped = try part(#"name="a\"b"; filename="C:\temp\\a.wav""#)
        #expect(escaped?.name == #"a"b"# && escaped?.fileName == #"C:\temp\a.wav"#)
        let bare = try part("NAME=file;filename=a.wav")
        #expect(bare?.name == "file" && bare?.fileName == "a.wav")
        #expect(try part(#"filename="name=file""#) == nil)
        #expect(try part(#"filename*=UTF-8''a; name = "x"; name="file""#)?.name == "file")
        // A quote that never ends.
        #expect(try part(#"name="file; filename=a"#)?.name == "file; filename=a")
    }

    @Test func boundariesMayBePadded() throws {
        let padded = "--b \t\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b  \r\n"
        let body = "\(padded)Content-Disposition: form-data; name=\"task\"\r\n\r\ny\r\n--b-- \r\n"
        let form = try form(body)
        #expect(form.parts.map(\.name) == ["file", "task"])
        #expect(form.file.map { Array(body.utf8)[$0.place] } == Array("x".utf8)[...])
        #expect(throws: (any Error).self) { try self.form("--b x\r\n\r\n\r\n--b--") }
        #expect(throws: (any Error).self) { try self.form("--b ") }
    }

    @Test func whatIsSentTwiceIsAList() throws {
        let head = "--b\r\nContent-Disposition: form-data; name=languages\r\n\r\n"
        let body = "\(head)fr\r\n\(head)de\r\n--b--"
        #expect(try form(body).texts(["languages"], in: Array(body.utf8)) == ["languages": "fr,de"])
    }

    /// Each of these bytes may begin a boundary.
    @Test func lineEndsWithoutEndAreReadOnce() throws {
        let body =
            "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n" + String(repeating: "\r\n-", count: 1 << 17)
        #expect(try form(body + "\r\n--b--").file?.place.count == 3 << 17)
    }
}
