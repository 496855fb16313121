public import ArgumentParser
import BridgeSupport
import Foundation
public import ModelStore

extension ModelsCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Bring in a model that the catalogue does not list, such as a fine-tune.",
            discussion: """
                Takes a folder, or a repository of the hub, with the files that its format needs: config.json, a tokenizer and \
                model.safetensors (one file, or several with model.safetensors.index.json), CTranslate2's model.bin, or ONNX \
                files; for a voice, NAME.onnx and NAME.onnx.json. The folder stays as it is.

                EXAMPLES
                  \(CommandName.current) models import ./my-fine-tune --id whisper-maison
                  \(CommandName.current) models import hub:openai/whisper-small --id whisper-small-fp32 --precision fp32
                  \(CommandName.current) models import ~/voix --id fr_FR-maison-medium --service tts
                  \(CommandName.current) transcribe bonjour.wav --model whisper-maison
                  \(CommandName.current) serve --set models.stt=whisper-maison
                """)

        @Argument(help: "A folder, or hub:OWNER/NAME.", completion: .directory)
        var from: String
        @Option(help: "The name that the model gets here; none of the catalogue's.")
        var id: String
        @Option(
            help:
                "\(Precision.allCases.map(\.rawValue).joined(separator: " or ")) for weights that are converted; the format's own choice when left out."
        )
        var precision: Precision?
        @Option(
            help:
                "What the model is for, if its files do not tell: \(ModelService.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var service: ModelService?
        @Flag(help: "Put it in the place of an installed model of that name.")
        var replace = false
        @Flag(help: "Print what is installed then as JSON.")
        var json = false
        @OptionGroup var common: CommonOptions

        /// What holds until models can be changed at run time.
        static let restartAdvice = "A running server keeps the model that it has loaded until it is started again."

        func validate() throws {
            if from.isEmpty { throw ValidationError("Name a folder, or a repository as hub:OWNER/NAME.") }
        }

        func run() async throws {
            let request = ModelImport(
                from: try .init(from), as: id, service: service, precision: precision, replaces: replace)
            let store = try common.modelStore()
            let model = try await untilSignal { [id] in
                try await withProgress(of: id) { try await store.importModel(request, progress: $0) }
            }
            if json {
                try Terminal.outputJSON(ModelRow(unlisted: model))
            } else {
                Terminal.note("\(id) is installed, for \(model.service.rawValue).")
                if replace { Terminal.note(Self.restartAdvice) }
            }
        }
    }
}

extension Precision: ExpressibleByArgument {}
