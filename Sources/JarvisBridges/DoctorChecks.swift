import BridgeRuntime
import BridgeSupport
import Embeddings
import EspeakNG
import Foundation
import LanguageModels
import ModelStore
import OnnxRuntime
import SpeechToText
import SpokenText
import Subprocess
import TextToSpeech

extension DoctorCommand {
    /// The checks, which are independent: a failing one never keeps another from running.
    struct Checks: Sendable {
        let configuration: BridgeConfiguration
        let store: ModelStore

        func all() async -> [Finding] {
            var findings = [await toolchain(), engine(), espeak(), await ffmpeg()]
            findings += await models()
            findings += [await hub(), keys(), port(), await ollama(), disk(), memory()]
            if let lexicon = lexicon() { findings.append(lexicon) }
            if let redis = await redis() { findings.append(redis) }
            if let traces = await traces() { findings.append(traces) }
            return findings
        }

        private func toolchain() async -> Finding {
            guard let version = await Self.firstLine(of: "swift", ["--version"]) else {
                return Finding(
                    check: "swift", verdict: .warn,
                    message:
                        "Swift is not on the PATH. The built server needs none; to build it again install Swift 6.2 or later from https://www.swift.org/install/linux/."
                )
            }
            return Finding(check: "swift", verdict: .ok, message: version)
        }

        private func engine() -> Finding {
            do {
                let runtime = try BridgeServices.loadEngine(configuration: configuration)
                return Finding(check: "onnxruntime", verdict: .ok, message: "\(runtime.version), \(runtime.path)")
            } catch {
                return Finding(
                    check: "onnxruntime", verdict: .fail,
                    message:
                        "\(Self.text(error)) Speech-to-text, Piper voices and embeddings need it; './jarvis setup' installs it."
                )
            }
        }

        private func espeak() -> Finding {
            do {
                return Finding(check: "espeak-ng", verdict: .ok, message: try EspeakNG.shared().version)
            } catch {
                return Finding(
                    check: "espeak-ng", verdict: .fail,
                    message: "\(Self.text(error)) Text-to-speech needs it."
                )
            }
        }

        private func ffmpeg() async -> Finding {
            guard let version = await Self.firstLine(of: "ffmpeg", ["-version"]) else {
                return Finding(
                    check: "ffmpeg", verdict: .warn,
                    message:
                        "FFmpeg is not on the PATH: WAV and raw PCM work, MP3, Opus, FLAC, AAC and others don't. Install the Debian package ffmpeg."
                )
            }
            return Finding(check: "ffmpeg", verdict: .ok, message: version)
        }

        /// The default model of each service: its files are compared with their digests, and it is loaded as in the server.
        private func models() async -> [Finding] {
            var findings: [Finding] = []
            let inventory = ModelInventory(
                configuration, store, chosen: (try? ChosenModels(of: configuration))?.byService ?? [:])
            let services = Result {
                try BridgeServices.make(configuration: configuration, logger: CommonOptions.quietLogger)
            }
            for service in ModelInventory.services where configuration.isEnabled(service.bridge) {
                findings.append(await model(of: service, inventory, in: services))
            }
            if configuration.isEnabled(.stt) { findings.append(voiceActivity()) }
            return findings
        }

        private func model(
            of service: ModelService, _ inventory: ModelInventory, in services: Result<BridgeServices, any Error>
        ) async -> Finding {
            let name = "model \(service.rawValue)"
            do {
                try inventory.checkChoice(for: service)
            } catch {
                return Finding(check: name, verdict: .fail, message: Self.text(error))
            }
            guard let answer = inventory.defaults[service], let id = answer.id else {
                let message = inventory.defaults[service]?.missing ?? "There is no model."
                return Finding(check: name, verdict: .fail, message: message)
            }
            if let damaged = damage(of: id, name) { return damaged }
            do {
                let services = try services.get()
                switch service {
                case .embeddings: try await services.embeddings.warmUp()
                case .stt: try await services.speechToText.warmUp()
                default: try await services.textToSpeech.warmUp()
                }
                if let note = answer.note {
                    return Finding(check: name, verdict: answer.fallsShort ? .warn : .ok, message: note)
                }
            } catch {
                return Finding(check: name, verdict: .fail, message: "\(id) cannot be loaded: \(Self.text(error))")
            }
            return Finding(check: name, verdict: .ok, message: id)
        }

        /// The model that tells speech from noise. It was loaded with the speech model, above.
        private func voiceActivity() -> Finding {
            let (name, id) = ("model vad", VoiceActivityDetector.modelID)
            if let installed = try? store.installedModel(id), installed.service == .vad {
                return damage(of: id, name) ?? Finding(check: name, verdict: .ok, message: id)
            }
            return Finding(check: name, verdict: .warn, message: ModelInventory.withoutVoiceActivity)
        }

        private func damage(of id: String, _ name: String) -> Finding? {
            guard let problem = try? store.verify(id).first else { return nil }
            return Finding(
                check: name, verdict: .fail,
                message:
                    "\(id): \(problem) Mend it with '\(CommandName.current) models remove \(id)' and '\(CommandName.current) models pull \(id)'."
            )
        }

        private func hub() async -> Finding {
            let endpoint = store.hub.endpoint
            if store.hub.offline {
                return Finding(
                    check: "model hub", verdict: .warn,
                    message:
                        "HF_HUB_OFFLINE forbids the model hub. Installed models work; unset it to fetch new ones from there."
                )
            }
            if let problem = store.hub.problem {
                return Finding(check: "model hub", verdict: .warn, message: "\(problem) Installed models work.")
            }
            switch await store.hubState(timeout: .seconds(3)) {
            case .reachable: return Finding(check: "model hub", verdict: .ok, message: endpoint)
            case .refused(let reason):
                return Finding(check: "model hub", verdict: .warn, message: "\(reason) Installed models work.")
            case .unreachable:
                return Finding(
                    check: "model hub", verdict: .warn,
                    message:
                        "\(endpoint) cannot be reached. Installed models work; for new ones check the network, HTTPS_PROXY, or set HF_ENDPOINT to a mirror."
                )
            }
        }

        /// nil where the house has no words of its own.
        private func lexicon() -> Finding? {
            let house = HouseLexicon(configuration)
            if let problem = house.problem {
                return Finding(check: "lexicon", verdict: .warn, message: problem.message)
            }
            let count = house.lexicon.entries.count
            guard count > 0 else { return nil }
            return Finding(check: "lexicon", verdict: .ok, message: "\(count) entr\(count == 1 ? "y" : "ies")")
        }

        private func keys() -> Finding {
            let file = configuration.keyFile
            do {
                try configuration.checkAccess()
                let count = configuration[Keys.apiKeys].count + (try file.read()?.entries.count ?? 0)
                if configuration.isOpen {
                    return Finding(
                        check: "keys", verdict: .warn,
                        message:
                            "Everybody who reaches this machine may use the server, as \(Keys.openToAll.name) says: there are no keys."
                    )
                }
                guard configuration.asksForKey else {
                    return Finding(check: "keys", verdict: .ok, message: "none; only this machine reaches the server")
                }
                return Finding(
                    check: "keys", verdict: count == 0 ? .warn : .ok,
                    message: count == 0
                        ? "\(file.url.path) has no key: the server refuses everybody. '\(CommandName.current) keys add NAME' makes one."
                        : "\(count) key\(count == 1 ? "" : "s")")
            } catch {
                return Finding(check: "keys", verdict: .fail, message: Self.text(error))
            }
        }

        private func port() -> Finding {
            let (host, port) = (configuration.host, configuration.port)
            switch PortProbe.probe(host: host, port: port) {
            case .free: return Finding(check: "port", verdict: .ok, message: "\(host):\(port) is free")
            case .inUse:
                return Finding(
                    check: "port", verdict: .warn,
                    message:
                        "\(host):\(port) is in use: by a server that runs already, or by something else ('ss -ltnp | grep :\(port)' shows it). Choose another one with \(Keys.port.names), or for once with '\(CommandName.current) serve --port 9000'."
                )
            case .failed(let reason):
                return Finding(
                    check: "port", verdict: .fail, message: PortProbe.sentence(reason, host: host, port: port))
            }
        }

        private func ollama() async -> Finding {
            do {
                let models = try await BridgeServices.languageModel(
                    configuration: configuration, logger: CommonOptions.quietLogger
                ).models()
                guard !models.names.isEmpty else {
                    return Finding(
                        check: "ollama", verdict: .warn,
                        message:
                            "\(configuration.ollamaURL.maskingPassword) answers but has no model; 'ollama pull llama3.2' fetches one."
                    )
                }
                let count = models.names.count
                return Finding(
                    check: "ollama", verdict: .ok,
                    message:
                        "\(configuration.ollamaURL.maskingPassword), \(count) model\(count == 1 ? "" : "s"), \(models.default ?? "none") by default"
                )
            } catch {
                return Finding(check: "ollama", verdict: .warn, message: Self.text(error))
            }
        }

        /// nil if none is configured.
        private func redis() async -> Finding? {
            do throws(ServiceError) {
                guard let address = try await configuration.checkRedis() else { return nil }
                return Finding(check: "redis", verdict: .ok, message: address)
            } catch {
                return Finding(check: "redis", verdict: .warn, message: error.message)
            }
        }

        /// nil if none is configured.
        private func traces() async -> Finding? {
            do throws(ServiceError) {
                guard let address = try await configuration.checkTraces() else { return nil }
                return Finding(check: "traces", verdict: .ok, message: address)
            } catch {
                return Finding(check: "traces", verdict: .warn, message: error.message)
            }
        }

        private func disk() -> Finding {
            let folder = store.directory
            if let obstacle = Self.obstacle(to: folder) { return obstacle }
            guard let free = BridgeServices.freeDiskSpace(at: folder) else {
                return Finding(
                    check: "disk", verdict: .warn, message: "The free space at \(folder.path) could not be read.")
            }
            let text = "\(Terminal.bytes(free)) free at \(folder.path)"
            return free < 1 << 30
                ? Finding(check: "disk", verdict: .warn, message: "\(text): the default models need about 700 MB.")
                : Finding(check: "disk", verdict: .ok, message: text)
        }

        /// Why nothing can be written to `folder`, nil if something can. Found out by trying, as permissions alone do not tell: some file
        /// systems take nothing from anybody.
        private static func obstacle(to folder: URL) -> Finding? {
            var nearest = folder
            while !FileManager.default.fileExists(atPath: nearest.path), nearest.path != "/" {
                nearest.deleteLastPathComponent()
            }
            let trial = nearest.appending(path: ".jarvis-doctor-\(UUID().uuidString)").path
            guard mkdir(trial, 0o700) != 0 else {
                rmdir(trial)
                return nil
            }
            let reason = "\(nearest.path) takes no new folder (\(OutputFailure.words(errno)))"
            let isThere = nearest == folder
            return Finding(
                check: "disk", verdict: isThere ? .warn : .fail,
                message:
                    "\(folder.path) cannot be \(isThere ? "written, so that no model can be fetched" : "made"): \(reason). Check its owner and permissions, or set \(Keys.dataDirectory.names) to another folder."
            )
        }

        private func memory() -> Finding {
            guard let available = Self.availableMemory() else {
                return Finding(check: "memory", verdict: .warn, message: "/proc/meminfo could not be read.")
            }
            let text = "\(Terminal.bytes(available)) available"
            return available < 1 << 30
                ? Finding(check: "memory", verdict: .warn, message: "\(text): the default models need about 700 MB.")
                : Finding(check: "memory", verdict: .ok, message: text)
        }

        private static func availableMemory() -> Int64? {
            guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
                let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int64($0) })
            else { return nil }
            return kibibytes * 1024
        }

        private static func firstLine(of program: String, _ arguments: [String]) async -> String? {
            let result = try? await Subprocess.run(
                .name(program), arguments: Arguments(arguments), output: .string(limit: 65536), error: .discarded)
            guard let result, result.terminationStatus.isSuccess else { return nil }
            return result.standardOutput.split(separator: "\n").first.map(String.init)
        }

        private static func text(_ error: any Error) -> String {
            (error as? ServiceError)?.message ?? "\(error)"
        }
    }
}
