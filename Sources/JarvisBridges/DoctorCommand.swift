import ArgumentParser
import BridgeSupport
import EspeakNG
import Foundation
import ModelStore
import OnnxRuntime

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check toolchain, libraries, models, ports, Ollama, disk and memory, and explain each problem.",
        discussion: """
            Ends with 0 when every check passes or only warns, with 1 when something must be mended.

            EXAMPLES
              \(CommandName.current) doctor
              \(CommandName.current) doctor --json
            """)

    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let findings: [Finding]
        do {
            let configuration = try common.checkedConfiguration()
            findings = await Checks(configuration: configuration, store: try common.modelStore(configuration)).all()
        } catch let error as ServiceError {
            findings = [Finding(check: "configuration", verdict: .fail, message: error.message)]
        }
        if json {
            try Terminal.outputJSON(findings)
        } else {
            for finding in findings { try Terminal.output(finding.line) }
        }
        if findings.contains(where: { $0.verdict == .fail }) { throw ExitCode.failure }
    }

    /// What one check found.
    struct Finding: Encodable, Sendable {
        enum Verdict: String, Encodable, Sendable {
            case ok
            /// Something works less well than it could.
            case warn
            /// Something does not work until it is repaired.
            case fail
        }

        var check: String
        var verdict: Verdict
        /// The result and, unless all is well, what to do.
        var message: String

        var line: String {
            let style: Terminal.Style =
                switch verdict {
                case .ok: .green
                case .warn: .yellow
                case .fail: .red
                }
            let mark = Terminal.styled(
                verdict.rawValue.uppercased().padding(toLength: 4, withPad: " ", startingAt: 0), style,
                onTerminal: Terminal.standardOutputIsTerminal)
            let name = check.padding(toLength: 16, withPad: " ", startingAt: 0)
            return "\(mark)  \(name)  \(Terminal.wrapped(message, at: 24))"
        }
    }
}
