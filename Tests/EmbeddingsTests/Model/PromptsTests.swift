import Testing

@testable import Embeddings

@Suite(.timeLimit(.minutes(1))) struct PromptsTests {
    @Test(arguments: ["multilingual-e5-small", "e5-base-v2", "my-e5-finetuned"])
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
}
