public import ArgumentParser
import BridgeServer
import BridgeSupport
import Foundation
public import ModelStore

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List, download, check and remove models and voices.",
        discussion: """
            EXAMPLES
              \(CommandName.current) models list --service tts
              \(CommandName.current) models pull fr_FR-siwis-medium whisper-base
              \(CommandName.current) models pull --defaults
              \(CommandName.current) models verify
              \(CommandName.current) models remove fr_FR-siwis-medium

            HF_ENDPOINT names a mirror of the hub, HF_TOKEN a token for gated models, HF_HUB_OFFLINE=1 forbids the \
            network; HTTPS_PROXY and NO_PROXY are honoured.
            """,
        subcommands: [List.self, Pull.self, Remove.self, Verify.self],
        defaultSubcommand: List.self)
}

extension ModelsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the catalogue and what is installed.")

        @Option(help: "Only one service: \(ModelService.allCases.map(\.rawValue).joined(separator: ", ")).")
        var service: ModelService?
        @Flag(help: "Only what is installed.")
        var installed = false
        @Flag(help: "Fetch the newest list of Piper voices first.")
        var refresh = false
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var common: CommonOptions

        struct Row: Encodable {
            var id: String
            var service: String
            var installed: Bool
            var size_bytes: Int64?
            var licence: String?
            var summary: String
        }

        func run() async throws {
            let store = try common.modelStore()
            if refresh { try await store.refreshVoices { Terminal.note($0) } }
            let present = Dictionary(try store.installed().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let known = store.catalogue.models
            let unlisted = present.values.filter { model in !known.contains { $0.id == model.id } }
                .sorted { $0.id < $1.id }
            var rows = known.map { model in
                Row(
                    id: model.id, service: model.service.rawValue,
                    // The espeak-ng voices have no files.
                    installed: present[model.id] != nil || model.source == .builtIn && model.service == .tts,
                    size_bytes: present[model.id]?.sizeBytes ?? model.sizeBytes, licence: model.licence,
                    summary: model.summary)
            }
            rows += unlisted.map {
                Row(
                    id: $0.id, service: $0.service.rawValue, installed: true, size_bytes: $0.sizeBytes, licence: nil,
                    summary: "installed by hand")
            }
            rows = rows.filter { (service == nil || $0.service == service?.rawValue) && (!installed || $0.installed) }
            if json {
                try Terminal.outputJSON(rows)
            } else {
                try Terminal.output(Self.table(rows))
            }
        }

        private static func table(_ rows: [Row]) -> String {
            let header = ["", "MODEL", "SERVICE", "SIZE", "LICENCE", "WHAT IT IS"]
            return Terminal.table(
                [header]
                    + rows.map {
                        [
                            $0.installed ? "✓" : " ", $0.id, $0.service, $0.size_bytes.map(Terminal.bytes) ?? "–",
                            $0.licence ?? "see its card", $0.summary,
                        ]
                    })
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download models; goes on where an interrupted download stopped.")

        @Argument(help: "Model or voice ids, as 'models list' shows them.")
        var ids: [String] = []
        @Flag(help: "The default model of each service, or its fallback where the hub cannot be reached.")
        var defaults = false
        @OptionGroup var common: CommonOptions

        func validate() throws {
            if ids.isEmpty, !defaults {
                throw ValidationError(
                    "Name at least one model, or give --defaults. 'models list' shows which there are.")
            }
        }

        func run() async throws {
            let configuration = try common.bridgeConfiguration()
            let store = try common.modelStore(configuration)
            if defaults { try await DefaultModels(configuration: configuration, store: store).install() }
            for id in ids { try await pullWithProgress(id, from: store) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete models from the disk.")

        @Argument(help: "Model or voice ids.")
        var ids: [String]
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let store = try common.modelStore()
            for id in ids {
                let wasThere = try store.remove(id)
                Terminal.note(
                    wasThere
                        ? "\(id) removed." : "\(id) was not installed; what an interrupted download left is removed.")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check installed models against the digests noted when they came.")

        @Argument(help: "Model or voice ids; all that are installed when left out.")
        var ids: [String] = []
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let store = try common.modelStore()
            let wanted = ids.isEmpty ? try store.installed().map(\.id) : ids
            var broken = false
            for id in wanted {
                let problems = try store.verify(id)
                if problems.isEmpty {
                    let isBuiltIn = store.catalogue[id]?.source == .builtIn
                    try Terminal.output(
                        store.hasDigests(id)
                            ? "ok    \(id)"
                            : "–     \(id): "
                                + (isBuiltIn
                                    ? "part of the program"
                                    : "no digests were noted when it came, so its files are there, but unchecked"))
                }
                for problem in problems { try Terminal.output("FAIL  \(id): \(problem)") }
                broken = broken || !problems.isEmpty
            }
            if broken {
                Terminal.error(
                    "Some files are not what was downloaded; 'models remove ID' and 'models pull ID' mend that.")
                throw ExitCode.failure
            }
        }
    }
}

/// Downloads one model with a progress bar on a terminal and plain lines elsewhere.
func pullWithProgress(_ id: String, from store: ModelStore) async throws {
    if try store.installedModel(id) != nil {
        Terminal.note("\(id) is installed.")
        return
    }
    let reporter = PullProgressReporter(label: id)
    do {
        _ = try await store.pull(id) { reporter.report($0) }
        reporter.finish()
    } catch {
        reporter.finish()
        throw error
    }
    // Nothing was fetched for a voice that is part of the program.
    if try store.installedModel(id) == nil { Terminal.note("\(id) is part of the program.") }
}

extension ModelService: ExpressibleByArgument {}
