import BridgeTesting
import Foundation
import Testing

/// The command line, without a server.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    @Test func helpShowsExamples() async throws {
        for command in [
            "serve", "say", "transcribe", "embed", "chat", "models", "doctor", "config", "models list", "models pull",
            "models remove", "models verify",
        ] {
            let help = try await Program.run(command.split(separator: " ").map(String.init) + ["--help"])
            #expect(help.status == 0)
            #expect(help.text.contains("EXAMPLES"), "\(command) shows no example")
        }
    }

    /// What bash offers for the last of these words, where the folder holds a recording.
    private func offers(_ words: String...) async throws -> Set<String> {
        let script = """
            touch reunion.mp3
            source <("$1" --generate-completion-script bash)
            rule=$(complete -p jarvis-bridges); rule=${rule% *}; rule=${rule##* }
            COMP_WORDS=("$@"); COMP_WORDS=("$1" "${COMP_WORDS[@]:1}"); COMP_CWORD=$(($# - 1))
            COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            "$rule" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let shell = try await Program.run(["-c", script, "bash", Program.path] + words, at: "/bin/bash")
        #expect(shell.status == 0 && shell.errors.isEmpty, "\(shell.errors)")
        return Set(shell.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    }

    @Test func bashCompletesCommandsFilesModelsAndWords() async throws {
        #expect(try await offers("tran") == ["transcribe"])
        #expect(try await offers("transcribe", "reu") == ["reunion.mp3"])
        #expect(try await offers("models", "pull", "fr_FR-up").contains("fr_FR-upmc-medium"))
        #expect(try await offers("models", "verify", "whisper-n") == ["whisper-nano"])
        #expect(try await offers("transcribe", "--model", "whisper-n") == ["whisper-nano"])
        #expect(try await offers("say", "Bonjour", "--voice", "espeak-f") == ["espeak-fr"])
        #expect(try await offers("say", "Bonjour", "-o", "reu") == ["reunion.mp3"])
        #expect(try await offers("serve", "--log-level", "warn") == ["warning"])
        #expect(try await offers("models", "list", "--service", "embed") == ["embeddings"])
    }

    /// fish compares the whole first word, where the others take its last part.
    @Test func fishCompletesByTheLastPartOfAPath() async throws {
        let fish = try await Program.run(
            ["--generate-completion-script", "fish"], environment: ["JARVIS_COMMAND": "./jarvis"])
        #expect(fish.status == 0 && fish.text.contains("complete -c 'jarvis'"))
        #expect(fish.text.contains("set unparsed_tokens[1] (string replace -r '.*/' '' -- $unparsed_tokens[1])"))
    }

    @Test func theVersionIsTheNewestOfTheChangelog() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let changelog = try String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8)
        let version = try await Program.run(["--version"])
        let newest = try #require(changelog.firstMatch(of: /\n## \[(.+?)\]/)?.output.1)
        #expect(version.text == "\(newest)\n")
    }

    @Test func sayWritesSound() async throws {
        let said = try await Program.run([
            "say", "Bonjour tout le monde.", "--voice", "espeak-fr", "-o", "out.wav", "--json",
        ])
        #expect(said.status == 0, "\(said.errors)")
        let report = try #require(JSONSerialization.jsonObject(with: said.output) as? [String: Any])
        #expect(report["voice"] as? String == "espeak-fr")
        #expect(try #require(report["duration_ms"] as? Int) > 500)
    }

    @Test func sayTakesATextThatBeginsWithADash() async throws {
        let said = try await Program.run(["say", "-5 degrés", "--voice", "espeak-fr", "-o", "out.wav", "--json"])
        #expect(said.status == 0 && said.errors.isEmpty, "\(said.errors)")
        let unknown = try await Program.run(["say", "Bonjour", "--loud", "-o", "out.wav"])
        #expect(unknown.status == 64 && unknown.errors.contains("--loud"), "\(unknown.errors)")
    }

    @Test func embedTakesADashAndTellsWhatIsCut() async throws {
        let long = String(repeating: "mot ", count: 1000)
        let embedded = try await Program.run(["embed", "-5 degrés", "dehors", "--model", "all-MiniLM-L6-v2", long])
        #expect(embedded.status == 0, "\(embedded.errors)")
        let lines = embedded.text.split(separator: "\n")
        // In the order of the texts.
        try #require(lines.count > 3)
        #expect(lines[1].hasSuffix("-5 degrés") && lines[2].hasSuffix("dehors"))
        #expect(lines[3].count < 160 && lines[3].contains("(cut to"))
    }

    @Test func sayTakesSilenceAndVolume() async throws {
        func spoken(_ options: String...) async throws -> [Int16] {
            let said = try await Program.run(
                ["say", "Un. Deux.", "--voice", "espeak-fr", "--format", "pcm_s16le", "-o", "-"] + options)
            #expect(said.status == 0, "\(said.errors)")
            return stride(from: 0, to: said.output.count, by: 2).map {
                Int16(bitPattern: UInt16(said.output[$0]) | UInt16(said.output[$0 + 1]) << 8)
            }
        }
        let plain = try await spoken()
        // The pauses that the library makes vary a little.
        #expect(try await spoken("--silence", "1").count > plain.count + 22050 / 2)
        #expect(try await spoken("--set", "tts.sentence_silence=1").count > plain.count + 22050 / 2)
        #expect(plain.max() ?? 0 > 30000)
        #expect(try await spoken("--volume", "0.5").allSatisfy { $0.magnitude <= 16384 })
    }

    @Test(arguments: [
        ("say a --volume 11", "--volume must be between 0 and 10, not 11."),
        ("say a --silence -1", "--silence must be between 0 and 10, not -1."),
        ("say -5 --speed 0.1", "--speed must be between 0.25 and 4, not 0.1."),
        ("chat a --temperature -0.5", "--temperature must be between 0 and 2, not -0.5."),
        ("chat a --max-tokens 0", "--max-tokens must be between 1 and 32768, not 0."),
        ("transcribe a.wav --beam -1", "--beam must be between 1 and 10, not -1."),
        ("transcribe a.wav --text-format digits", "'digits' is invalid for '--text-format"),
        ("transcribe a.pcm --sample-rate -1", "--sample-rate must be between 1000 and 768000, not -1."),
        ("serve --port -1", #"port cannot be "-1" (from flag)"#),
        ("embed - a", "stands alone"),
        ("config --markdown --json", "--markdown prints the reference"),
    ]) func whatAnOptionCannotBeIsExplained(_ command: String, _ words: String) async throws {
        let refused = try await Program.run(command.split(separator: " ").map(String.init))
        #expect(refused.status == 64 && refused.errors.contains(words), "\(refused.errors)")
    }

    @Test(arguments: [
        (["chat", " "], "The message is empty"), (["say", "a", "-o", ""], "The name of the file is empty"),
        (["transcribe", ""], "The name of the audio file is empty"),
        (["chat", "a", "--model", ""], "--model is empty"), (["config", "--config", ""], "--config is empty"),
        (["say", "a", "--voice", ""], "--voice is empty"), (["help", "nix"], "There is no command 'nix'. There are "),
        (["help", "models", "nix"], "There is no command 'models nix'. There are list, "),
        (["embed", "-a"], "Unknown option '-a'. A text that begins with a dash goes behind --"),
        (["embed", "--deux tirets"], "Unknown option '--deux tirets'. A text"),
        (["say", "--deux tirets", "-o", "a.wav"], "Unknown option '--deux tirets'. A text"),
        (["chat", "-a"], "Unknown option '-a'. A text"), (["models", "remove", "-a"], "Unknown option '-a'\nUsage: "),
        (["embed"], "Missing expected argument"),
        (["frobnicate"], "There is no command 'frobnicate'. There are serve, say, "), ([""], "There is no command ''."),
        (["models", "fr_FR-upmc-medium"], "There is no command 'models fr_FR-upmc-medium'. There are list, pull, "),
    ]) func whatIsEmptyOrNoCommandIsExplained(_ words: [String], _ sentence: String) async throws {
        let refused = try await Program.run(words)
        #expect(refused.status == 64 && refused.errors.contains(sentence), "\(refused.errors)")
    }

    @Test(arguments: ["chat -", "say - -o a.wav", "embed -"]) func standardInputWithoutTextIsExplained(
        _ command: String
    )
        async throws
    {
        let refused = try await Program.run(command.split(separator: " ").map(String.init), input: " \n\n")
        #expect(
            refused.status == 1 && refused.errors == "error: Standard input holds no text.\n", "\(refused.errors)")
    }

    @Test func behindTwoDashesADashIsAText() async throws {
        let embedded = try await Program.run(
            ["embed", "--model", "all-MiniLM-L6-v2", "--", "-", "--deux tirets"], input: "Non\n")
        #expect(embedded.status == 0, "\(embedded.errors)")
        #expect(embedded.text.contains("]  -\n") && embedded.text.contains("]  --deux tirets\n"))
        let alone = try await Program.run(["embed", "--model", "all-MiniLM-L6-v2", "--", "-"], input: "Non\n")
        #expect(alone.status == 0 && alone.text.contains("]  -\n"), "\(alone.errors)")
        #expect(try await Program.run(["help", "models", "pull"]).text.contains("pull --defaults"))
    }

    /// A text that begins with a dash may be an option's value.
    @Test func chatTakesASystemTextThatBeginsWithADash() async throws {
        try await FakeOllama.withServer { fake in
            let told = try await Program.run(
                ["chat", "Il fait froid ?", "--system", "-5 degrés", "--json"],
                environment: ["JARVIS_OLLAMA_HOST": fake.baseURL])
            #expect(told.status == 0, "\(told.errors)")
            let sent = try await fake.exchanges(of: "/api/chat", atLeast: 1)
            #expect(sent.first.map { String(decoding: $0.body, as: UTF8.self) }?.contains("-5 degr") == true)
        }
    }

    /// The library that espeak-ng plays sound with looks for a server, and makes folders for that.
    @Test func sayLeavesNothingBehindAndSaysNothing() async throws {
        let home = try TemporaryFolder()
        let root = try FileManager.default.contentsOfDirectory(atPath: "/")
        let said = try await Program.run(
            ["say", "Oui", "--voice", "espeak-fr", "-o", "out.wav", "--json"],
            environment: ["HOME": home.url.path, "XDG_RUNTIME_DIR": "", "JARVIS_DATA_DIR": "/nowhere"])
        #expect(said.status == 0 && said.errors.isEmpty, "\(said.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.url.path).isEmpty)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: "/")).subtracting(root).isEmpty)
    }

    @Test func sayReadsStandardInputAndWritesStandardOutput() async throws {
        let said = try await Program.run(
            ["say", "-", "--voice", "espeak-fr", "--format", "wav", "-o", "-"], input: "Le dîner est prêt.\n")
        #expect(said.status == 0, "\(said.errors)")
        #expect(said.output.prefix(4) == Data("RIFF".utf8))
        #expect(said.output.count > 20_000)
    }

    @Test func embedComparesTexts() async throws {
        let embedded = try await Program.run([
            "embed", "Hello world", "Hello world", "--model", "all-MiniLM-L6-v2", "--json",
        ])
        #expect(embedded.status == 0, "\(embedded.errors)")
        let report = try #require(JSONSerialization.jsonObject(with: embedded.output) as? [String: Any])
        #expect(report["dimension"] as? Int == 384)
        #expect((report["embeddings"] as? [[String: Any]])?.count == 2)
    }

    @Test func embedShowsHowCloseTextsAre() async throws {
        let embedded = try await Program.run([
            "embed", "A man is playing a guitar.", "Somebody plays the guitar.", "The oven is hot.", "--model",
            "all-MiniLM-L6-v2",
        ])
        #expect(embedded.status == 0, "\(embedded.errors)")
        #expect(embedded.errors.isEmpty)
        let rows = embedded.text.split(separator: "\n").suffix(3).map { row in
            row.split(separator: " ").compactMap { Double($0) }
        }
        try #require(rows.count == 3 && rows.allSatisfy { $0.count == 3 })
        #expect(rows[0][0] == 1 && rows[0][1] == rows[1][0])
        #expect(rows[0][1] > 0.6 && rows[0][2] < 0.3)
    }

    @Test func transcribeWritesWhatWasSaid() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "commande.wav").path
        let said = try await Program.run([
            "say", "Bonjour, ceci est un test.", "--voice", "espeak-fr", "-o", file,
        ])
        #expect(said.status == 0, "\(said.errors)")
        let heard = try await Program.run(["transcribe", file])
        #expect((heard.status, heard.text) == (0, "Bonjour, ceci est un test.\n"), "\(heard.errors)")
        #expect(heard.errors.contains("note: whisper-nano stands in for whisper-base"))
        let timed = try await Program.run([
            "transcribe", file, "--language", "fr", "--model", "whisper-nano", "--timestamps",
        ])
        #expect(
            timed.text.hasPrefix("[00:00:00.00 → 00:00:01.") && timed.errors.isEmpty, "\(timed.text)\(timed.errors)")
        let told = try await Program.run(["transcribe", file, "--json"])
        let report = try #require(JSONSerialization.jsonObject(with: told.output) as? [String: Any])
        #expect(report["language"] as? String == "fr" && (report["segments"] as? [Any])?.count == 1)
        let samples = folder.url.appending(path: "commande.pcm").path
        _ = try await Program.run([
            "say", "Bonjour, ceci est un test.", "--voice", "espeak-fr", "-o", samples, "--format", "pcm_s16le",
        ])
        let raw = try await Program.run([
            "transcribe", samples, "--encoding", "pcm_s16le", "--sample-rate", "22050",
        ])
        #expect(raw.text == heard.text, "\(raw.errors)")
        let wrong = try await Program.run(["transcribe", file, "--model", "whisper-nano", "--translate"])
        #expect(wrong.status == 1 && wrong.errors.contains("translate"), "\(wrong.errors)")
    }

    @Test func modelsListKnowsTheContractsVoices() async throws {
        let list = try await Program.run(["models", "list", "--json"])
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        let ids = rows.compactMap { $0["id"] as? String }
        #expect(
            Set([
                "fr_FR-upmc-medium", "fr_FR-siwis-medium", "fr_FR-tom-medium", "espeak-fr", "whisper-base",
                "all-MiniLM-L6-v2",
            ]).isSubset(of: ids))
    }

    @Test func configShowsWhereValuesComeFromAndMasksSecrets() async throws {
        let shown = try await Program.run(
            ["config", "--json"], environment: ["JARVIS_PORT": "9000", "JARVIS_API_KEYS": "hushhushhushhushhushhush"])
        let rows = try #require(JSONSerialization.jsonObject(with: shown.output) as? [[String: String]])
        #expect(rows.first { $0["key"] == "port" } == ["key": "port", "value": "9000", "source": "JARVIS_PORT"])
        #expect(!shown.text.contains("hush"))
    }

    @Test func wrongSettingsAreExplained() async throws {
        let unknown = try await Program.run(["config"], environment: ["JARVIS_PROT": "9000"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("JARVIS_PROT") && unknown.errors.contains("JARVIS_PORT"))
        let bad = try await Program.run(["config", "--set", "port=eighty"])
        #expect(bad.status == 64)
        #expect(bad.errors.contains("port") && bad.errors.contains("eighty") && bad.errors.contains("65535"))
    }

    @Test(arguments: ["config", "serve", "embed a"]) func aModelThatCannotBeIsAWrongSetting(_ command: String)
        async throws
    {
        let arguments = command.split(separator: " ").map(String.init) + ["--set", "models.tts=nope"]
        let refused = try await Program.run(arguments)
        #expect(refused.status == 64)
        #expect(refused.errors.contains(#"models.tts cannot be "nope""#), "\(refused.errors)")
    }

    @Test(arguments: ["300.1.1.1", "a..b"]) func aHostThatIsNoneIsExplained(_ host: String) async throws {
        let refused = try await Program.run([
            "serve", "--port", "0", "--host", host, "--set", "preload=false", "--set", "open_to_all=true",
        ])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("\(host) is neither an address nor a known name"), "\(refused.errors)")
    }

    @Test func aMissingFileIsExplained() async throws {
        let failed = try await Program.run(["transcribe", "/nowhere/speech.wav"])
        #expect(failed.status == 1)
        #expect(failed.errors.contains("/nowhere/speech.wav"))
    }

    @Test func aModelThatStandsInIsNamed() async throws {
        let sound = try await Program.run(["say", "Bonjour", "-o", "-", "--format", "wav"])
        #expect(sound.status == 0)
        #expect(sound.errors.contains("note: espeak-fr stands in for fr_FR-upmc-medium"), "\(sound.errors)")
        let chosen = try await Program.run(["say", "Bonjour", "--voice", "espeak-fr", "-o", "a.wav"])
        #expect(!chosen.errors.contains("stands in"))
    }

    @Test func chatReadsStandardInput() async throws {
        try await FakeOllama.withServer { fake in
            let told = try await Program.run(
                ["chat", "-", "--json"], environment: ["JARVIS_OLLAMA_HOST": fake.baseURL],
                input: "Une question\n\nen deux paragraphes.\n")
            #expect(told.status == 0, "\(told.errors)")
            let sent = try await fake.exchanges(of: "/api/chat", atLeast: 1)
            #expect(
                sent.first.map { String(decoding: $0.body, as: UTF8.self) }?.contains(
                    #"Une question\n\nen deux paragraphes."#) == true)
        }
    }

    @Test func chatInTurnsWritesALineForEach() async throws {
        try await FakeOllama.withServer { fake in
            let told = try await Program.run(
                ["chat", "--json"], environment: ["JARVIS_OLLAMA_HOST": fake.baseURL], input: "Un\nDeux\n")
            #expect(told.status == 0, "\(told.errors)")
            let lines = told.text.split(separator: "\n")
            #expect(lines.count == 2)
            for line in lines {
                let answer = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(answer?["text"] as? String != nil)
            }
        }
    }
}
