import BridgeServer
import BridgeSupport
import EspeakNG
import Foundation
import LanguageModels
import ModelStore
import OnnxRuntime
import Subprocess

extension DoctorCommand {
    /// The checks, each of which stands alone: one that fails never keeps another from running.
    struct Checks: Sendable {
        let configuration: BridgeConfiguration
        let store: ModelStore

        func all() async -> [Finding] {
            var findings = [await toolchain(), engine(), espeak(), await ffmpeg()]
            findings += models()
            findings += [await hub(), port(), await ollama(), disk(), memory()]
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
                    message:
                        "\(Self.text(error)) Text-to-speech needs it; install the Debian packages libespeak-ng1 and espeak-ng-data."
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

        private func models() -> [Finding] {
            [ModelService.embeddings, .stt, .tts].filter { configuration.isEnabled($0) }.map { service in
                let name = "model \(service.rawValue)"
                guard let id = BridgeServices.effectiveModel(for: service, configuration: configuration, store: store)
                else {
                    return Finding(
                        check: name, verdict: .fail,
                        message:
                            "No model is installed. './jarvis models pull \(configuration.preferredModel(for: service) ?? "ID")' fetches one."
                    )
                }
                let problems = (try? store.verify(id)) ?? []
                if let problem = problems.first {
                    return Finding(
                        check: name, verdict: .fail,
                        message:
                            "\(id): \(problem) Mend it with './jarvis models remove \(id)' and './jarvis models pull \(id)'."
                    )
                }
                let preferred = configuration.preferredModel(for: service)
                guard preferred == nil || preferred == id else {
                    return Finding(
                        check: name, verdict: .warn,
                        message:
                            "\(id) stands in for \(preferred ?? ""). './jarvis models pull \(preferred ?? "")' fetches that one."
                    )
                }
                return Finding(check: name, verdict: .ok, message: id)
            }
        }

        private func hub() async -> Finding {
            if await store.isHubReachable(timeout: .seconds(3)) {
                return Finding(check: "model hub", verdict: .ok, message: "\(store.hub.endpoint)")
            }
            return Finding(
                check: "model hub", verdict: .warn,
                message:
                    "\(store.hub.endpoint) cannot be reached. Installed models work; for new ones check the network, HTTPS_PROXY, or set HF_ENDPOINT to a mirror."
            )
        }

        private func port() -> Finding {
            let (host, port) = (configuration.host, configuration.port)
            switch PortProbe.probe(host: host, port: port) {
            case .free: return Finding(check: "port", verdict: .ok, message: "\(host):\(port) is free")
            case .inUse:
                return Finding(
                    check: "port", verdict: .warn,
                    message:
                        "\(host):\(port) is in use: by a server that runs already, or by something else ('ss -ltnp | grep :\(port)' shows it). Another port: --port or JARVIS_PORT."
                )
            case .failed(let reason):
                return Finding(
                    check: "port", verdict: .fail,
                    message:
                        "\(host):\(port) cannot be listened on: \(reason). Check host and port in the configuration.")
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
                            "\(configuration.ollamaURL) answers but has no model; 'ollama pull llama3.2' fetches one.")
                }
                return Finding(
                    check: "ollama", verdict: .ok,
                    message:
                        "\(configuration.ollamaURL), \(models.names.count) models, \(models.default ?? "none") by default"
                )
            } catch {
                return Finding(check: "ollama", verdict: .warn, message: Self.text(error))
            }
        }

        private func disk() -> Finding {
            let folder = store.directory
            guard let free = BridgeServices.freeDiskSpace(at: folder) else {
                return Finding(
                    check: "disk", verdict: .warn, message: "The free space at \(folder.path) could not be read.")
            }
            let text = "\(Terminal.bytes(free)) free at \(folder.path)"
            return free < 1 << 30
                ? Finding(check: "disk", verdict: .warn, message: "\(text): the default models need about 700 MiB.")
                : Finding(check: "disk", verdict: .ok, message: text)
        }

        private func memory() -> Finding {
            guard let available = Self.availableMemory() else {
                return Finding(check: "memory", verdict: .warn, message: "/proc/meminfo could not be read.")
            }
            let text = "\(Terminal.bytes(available)) available"
            return available < 1 << 30
                ? Finding(check: "memory", verdict: .warn, message: "\(text): the default models need about 700 MiB.")
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
