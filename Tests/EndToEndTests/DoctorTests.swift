import BridgeTesting
import Foundation
import Testing

/// What doctor finds.
@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
    /// A data folder with a model of which half is missing.
    private func damagedData() throws -> TemporaryFolder {
        let data = try TemporaryFolder()
        let models = data.url.appending(path: "models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: TestData.model("all-MiniLM-L6-v2"), to: models.appending(path: "all-MiniLM-L6-v2"))
        try? FileManager.default.removeItem(at: models.appending(path: "all-MiniLM-L6-v2/manifest.json"))
        let weights = try FileHandle(forWritingTo: models.appending(path: "all-MiniLM-L6-v2/model.safetensors"))
        try weights.truncate(atOffset: 40_000_000)
        try weights.close()
        return data
    }

    @Test func doctorFindsAModelThatIsCutOff() async throws {
        let data = try damagedData()
        let doctor = try await Program.run(["doctor"], environment: ["JARVIS_DATA_DIR": data.url.path])
        #expect(doctor.status == 1)
        let line = doctor.text.split(separator: "\n").first { $0.contains("model embeddings") } ?? ""
        #expect(line.hasPrefix("FAIL") && line.contains("all-MiniLM-L6-v2 cannot be loaded"), "\(doctor.text)")
    }

    @Test func doctorNamesAWrongAddressOfTheHub() async throws {
        let doctor = try await Program.run(
            ["doctor"], environment: ["HF_ENDPOINT": "ftp://x", "HF_HUB_OFFLINE": "0"])
        #expect(doctor.text.contains("HF_ENDPOINT 'ftp://x' is no http or https address"), "\(doctor.text)")
    }

    @Test(arguments: [401, 200]) func doctorSaysWhereTheHubRefusesTheUser(_ status: Int) async throws {
        try await HubStandIn.run({ _, _ in .status(status) }) { hub in
            let doctor = try await Program.run(
                ["doctor"],
                environment: [
                    "HF_ENDPOINT": hub.endpoint.replacing("://", with: "://moi:geheim@"), "HF_HUB_OFFLINE": "0",
                ])
            let line = doctor.text.split(separator: "\n").first { $0.contains(" model hub ") } ?? ""
            #expect(line.hasPrefix(status == 401 ? "WARN" : "OK"), "\(line)")
            let why = "the user and the password in HF_ENDPOINT do not open it"
            #expect(line.contains(why) == (status == 401) && !doctor.text.contains("geheim"), "\(line)")
        }
    }

    @Test func doctorNamesADataFolderThatCannotBeMade() async throws {
        let doctor = try await Program.run(["doctor", "--set", "data_dir=/proc/x"])
        #expect(doctor.status == 1)
        let line = doctor.text.split(separator: "\n").first { $0.contains(" disk ") } ?? ""
        #expect(line.hasPrefix("FAIL") && line.contains("/proc/x/models cannot be made: /proc takes no"), "\(line)")
        #expect(line.contains("set data_dir (JARVIS_DATA_DIR)"), "\(line)")
    }

    @Test func doctorAdvisesWhatThereIs() async throws {
        try await FakeOllama.withServer(persona: .init(models: [.init("qwen3:4b")])) { fake in
            let port = try #require(fake.baseURL.split(separator: ":").last)
            let doctor = try await Program.run([
                "doctor", "--set", "ollama.host=\(fake.baseURL)", "--set", "port=\(port)",
            ])
            let lines = doctor.text.split(separator: "\n")
            let inUse = lines.first { $0.contains(" port ") } ?? ""
            #expect(inUse.hasPrefix("WARN") && inUse.contains("jarvis-bridges serve --port 9000'"), "\(inUse)")
            let ollama = lines.first { $0.contains(" ollama ") } ?? ""
            #expect(ollama.contains(", 1 model, "), "\(ollama)")
        }
    }

    @Test func doctorChecksEverything() async throws {
        let doctor = try await Program.run(["doctor", "--json"])
        let findings = try #require(JSONSerialization.jsonObject(with: doctor.output) as? [[String: String]])
        let checks = Set(findings.compactMap { $0["check"] })
        #expect(Set(["onnxruntime", "espeak-ng", "ffmpeg", "port", "ollama", "disk", "memory"]).isSubset(of: checks))
        #expect(findings.allSatisfy { $0["message"]?.isEmpty == false })
    }
}
