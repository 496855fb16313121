public import ArgumentParser
import BridgeRuntime
import BridgeSupport
import Foundation
public import ModelStore

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List, download, import, check and remove models and voices.",
        discussion: """
            EXAMPLES
              \(CommandName.current) models list --service tts
              \(CommandName.current) models pull fr_FR-siwis-medium whisper-base
              \(CommandName.current) models pull --defaults
              \(CommandName.current) models import ./my-fine-tune --id whisper-maison
              \(CommandName.current) models verify
              \(CommandName.current) models remove fr_FR-siwis-medium

            HF_ENDPOINT names a mirror of the hub, HF_TOKEN a token for gated models, HF_HUB_OFFLINE=1 forbids the \
            hub, and leaves what the Python package index has; HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are honoured.
            """,
        subcommands: [List.self, Pull.self, Import.self, Remove.self, Verify.self],
        defaultSubcommand: List.self)
}

extension ModelsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the catalogue and what is installed.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) models list --installed
                  \(CommandName.current) models list --service tts
                  \(CommandName.current) models list --refresh --json
                """)

        @Option(help: "Only one service: \(ModelService.allCases.map(\.rawValue).joined(separator: ", ")).")
        var service: ModelService?
        @Flag(help: "Only what is installed.")
        var installed = false
        @Flag(help: "Fetch the newest list of Piper voices first.")
        var refresh = false
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let store = try common.modelStore()
            if refresh { try await store.refreshVoices { Terminal.note($0) } }
            let present = Dictionary(try store.installed().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let known = store.catalogue.models
            let unlisted = present.values.filter { model in !known.contains { $0.id == model.id } }
                .sorted { $0.id < $1.id }
            var rows = known.map { ModelRow($0, installed: present[$0.id]) } + unlisted.map(ModelRow.init(unlisted:))
            rows = rows.filter { (service == nil || $0.service == service?.rawValue) && (!installed || $0.installed) }
            if json {
                try Terminal.outputJSON(rows)
            } else {
                try Terminal.output(Self.table(rows))
            }
        }

        private static func table(_ rows: [ModelRow]) -> String {
            let header = ["", "MODEL", "SERVICE", "SIZE", "LICENCE", "FROM", "WHAT IT IS"]
            return Terminal.table(
                [header]
                    + rows.map {
                        [
                            $0.installed ? "✓" : " ", shortened($0.id), $0.service,
                            $0.size_bytes.map(Terminal.bytes) ?? "–",
                            $0.licence ?? "see its card", place($0.source), $0.summary,
                        ]
                    }, expendable: [5, 4, 2])
        }

        /// Names of imported models may have 128 letters, and would leave no room for what the models are.
        private static func shortened(_ id: String) -> String { id.count > 44 ? "\(id.prefix(43))…" : id }

        /// The kind of place: "hub", "index" or "folder".
        private static func place(_ source: String?) -> String {
            guard let kind = source?.prefix(while: { $0 != ":" }) else { return "–" }
            return kind == "wheel" ? "index" : String(kind)
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pull", abstract: "Download models; goes on where an interrupted download stopped.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) models pull fr_FR-siwis-medium whisper-base
                  \(CommandName.current) models pull --defaults
                """)

        @Argument(help: "Model or voice ids, as 'models list' shows them.", completion: Completions.fetchable)
        var ids: [String] = []
        @Flag(help: "The default model of each service, or what stands in for it where it cannot be fetched.")
        var defaults = false
        @Flag(help: "Print what is installed then as JSON.")
        var json = false
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
            var present: [String] = []
            if defaults { present += try await pullDefaults(configuration, store) }
            var hasFailed = false
            for id in ids {
                do {
                    try await pullWithProgress(id, from: store)
                    present.append(id)
                } catch let error as ServiceError {
                    // The other models can be fetched all the same.
                    Terminal.error(error.message)
                    hasFailed = true
                }
            }
            if json { try Terminal.outputJSON(present.compactMap { try ModelRow($0, in: store) }) }
            if hasFailed { throw ExitCode.failure }
        }

        private func pullDefaults(
            _ configuration: BridgeConfiguration, _ store: ModelStore
        ) async throws -> [String] {
            let chosen = try CommonOptions.endingInUsage { try ChosenModels(of: configuration) }
            let defaults = DefaultModels(configuration: configuration, store: store, chosen: chosen)
            try await defaults.install()
            let outcome = defaults.outcome
            guard outcome.unserved.isEmpty else {
                Terminal.error(
                    outcome.unserved.joined(separator: " ")
                        + " The lines above say why; once that is mended, run this again.")
                throw ExitCode.failure
            }
            return outcome.models
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Delete models from the disk.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) models remove fr_FR-siwis-medium
                """)

        @Argument(help: "Model or voice ids.", completion: Completions.removable)
        var ids: [String]
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var common: CommonOptions

        struct Row: Encodable {
            var id: String
            /// False if there were only leftovers of an interrupted download.
            var was_installed: Bool
        }

        func run() async throws {
            let store = try common.modelStore()
            var rows: [Row] = []
            for id in ids {
                let wasThere = try store.remove(id)
                rows.append(Row(id: id, was_installed: wasThere))
                Terminal.note(
                    wasThere
                        ? "\(id) removed. \(Import.restartAdvice)"
                        : "\(id) was not installed; what an interrupted download left is removed.")
            }
            if json { try Terminal.outputJSON(rows) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check installed models against the digests noted when they came.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) models verify
                  \(CommandName.current) models verify whisper-base --json
                """)

        @Argument(help: "Model or voice ids; all that are here when left out.", completion: Completions.verifiable)
        var ids: [String] = []
        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var common: CommonOptions

        struct Row: Encodable {
            enum State: String, Encodable {
                case ok
                /// Its files exist, but no digests were recorded when they came.
                case unchecked
                /// Part of the program.
                case built_in
                case damaged
            }
            var id: String
            var state: State
            var problems: [String]

            var lines: [String] {
                switch state {
                case .ok: ["ok    \(id)"]
                case .unchecked:
                    ["–     \(id): no digests were noted when it came, so its files are there, but unchecked"]
                case .built_in: ["–     \(id): part of the program"]
                case .damaged: problems.map { "FAIL  \(id): \($0)" }
                }
            }
        }

        func run() async throws {
            let store = try common.modelStore()
            var rows: [Row] = []
            for id in ids.isEmpty ? try store.verifiable() : ids {
                let row = try Self.row(id, store)
                rows.append(row)
                // One after another: reading gigabytes takes a while.
                if !json { for line in row.lines { try Terminal.output(line) } }
            }
            if json { try Terminal.outputJSON(rows) }
            let damaged = rows.filter { $0.state == .damaged }.map(\.id)
            for id in damaged { Terminal.error("\(id) is not what came here once. \(store.repair(of: id))") }
            if !damaged.isEmpty { throw ExitCode.failure }
        }

        private static func row(_ id: String, _ store: ModelStore) throws -> Row {
            let problems = try store.verify(id).map(\.description)
            let state: Row.State =
                if !problems.isEmpty {
                    .damaged
                } else if store.hasDigests(id) {
                    .ok
                } else {
                    store.catalogue[id]?.isBuiltIn == true ? .built_in : .unchecked
                }
            return Row(id: id, state: state, problems: problems)
        }
    }
}

extension ModelService: ExpressibleByArgument {}
