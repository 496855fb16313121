import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import Embeddings

@Suite(.timeLimit(.minutes(1))) struct PromptsTests {
    @Test(arguments: ["multilingual-e5-small", "e5-base-v2", "my-e5-finetuned", "E5-base", "my-e5"])
    func modelsOfTheE5FamilyHaveTheirsAlsoWhereTheirFilesLeaveThemEmpty(_ model: String) {
        for published in [[:], ["query": "", "document": ""]] {
            let prompts = Prompts(published, modelID: model)
            #expect((prompts[.query], prompts[.passage]) == ("query: ", "passage: "))
        }
        #expect(Prompts(["query": "Q: "], modelID: model)[.query] == "Q: ")
    }

    @Test(arguments: ["all-MiniLM-L6-v2", "multilingual-e5-large-instruct", "base5-small", "me5-small"])
    func allOthersHaveNone(_ model: String) {
        let prompts = Prompts([:], modelID: model)
        #expect((prompts[.query], prompts[.passage]) == ("", ""))
    }

    /// Under whatever name a model of that family is imported, it keeps its prompts.
    @Test func theFileOfAnImportedModelSaysWhatItsNameTold() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "config_sentence_transformers.json")
        try Data(#"{"prompts": {"query": "", "document": ""}, "similarity_fn_name": "cosine"}"#.utf8).write(to: file)
        let files: Set<String> = ["model.onnx", "tokenizer.json", file.lastPathComponent]
        let complete = { (names: [String]) in
            try SentenceEncoder.complete(folder.url, having: files, names: names).made
        }
        #expect(try complete(["vecteurs-maison", "all-MiniLM-L6-v2"]).isEmpty)
        #expect(
            try complete(["vecteurs-maison", "multilingual-e5-small"]) == [file.lastPathComponent: "the model's name"])
        let configuration = try SentenceEncoderConfiguration(directory: folder.url, modelID: "vecteurs-maison")
        #expect(configuration.prompts[.query] == "query: " && configuration.prompts[.passage] == "passage: ")
        #expect(try String(contentsOf: file, encoding: .utf8).contains("cosine"), "the other settings stay")
        #expect(try complete(["multilingual-e5-small"]).isEmpty, "they are there now")
    }

    /// A number would come back as another one where it passed through a `Double`.
    @Test func theOtherSettingsStayAsTheyWere() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: Prompts.fileName)
        try Data(#"{"seed": 9007199254740993, "half": 0.10, "none": null, "prompts": {"a": "b"}}"#.utf8).write(to: file)
        try Prompts.e5.write(to: file)
        let written = try JSONValue(parsing: Array(Data(contentsOf: file)))
        let expected =
            #"{"seed": 9007199254740993, "half": 0.10, "none": null, "prompts": {"query": "query: ", "passage": "passage: "}}"#
        #expect(try written == JSONValue(parsing: Array(expected.utf8)))
    }

    @Test(arguments: ["{", "[]", ""]) func aFileThatHoldsNoSettingsIsNotReplaced(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: Prompts.fileName)
        try Data(text.utf8).write(to: file)
        let error = #expect(throws: ServiceError.self) { try Prompts.e5.write(to: file) }
        #expect(error?.code == .modelNotInstalled && error?.message.contains(Prompts.fileName) == true)
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
