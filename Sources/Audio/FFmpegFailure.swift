import BridgeSupport
import Foundation
import Subprocess

/// Why FFmpeg gave no result, and who is responsible. Its messages are for the log only.
struct FFmpegFailure: Error, CustomStringConvertible {
    enum Reason: Hashable {
        /// It ran, and rejected its input.
        case refused
        /// It ran into a limit on its time.
        case outOfTime
        /// It ran, and needed more memory than allowed.
        case outOfMemory
        /// There was no space for its output.
        case outOfStorage
        /// Somebody else ended it: the kernel for lack of memory, an operator, or a bug in the program.
        case killed
        case notStarted
    }

    var reason: Reason
    var status: String
    var complaint: String

    var description: String { "ffmpeg ended with \(status): \(complaint)" }

    init(_ reason: Reason, status: String, complaint: String) {
        self.reason = reason
        self.status = status
        self.complaint = complaint
    }

    init(_ status: TerminationStatus, complaint: String) {
        self.init(Self.reason(status, complaint), status: "\(status)", complaint: complaint)
    }

    /// - Parameter cause: the error thrown instead of a status.
    init(starting cause: any Error) {
        self = cause as? FFmpegFailure ?? FFmpegFailure(.notStarted, status: "no status", complaint: "\(cause)")
    }

    private static func reason(_ status: TerminationStatus, _ complaint: String) -> Reason {
        switch status {
        case .signaled(SIGXCPU): .outOfTime
        case .signaled: .killed
        // The status of FFmpeg after a signal that it catches; the one for the limit on processor time is among them.
        case .exited(255): .outOfTime
        // The status from shells for a program that can't be run, and from loaders for one whose libraries can't be loaded.
        case .exited(126), .exited(127): .notStarted
        case .exited where complaint.contains("Cannot allocate memory"): .outOfMemory
        case .exited where complaint.contains("No space left on device"): .outOfStorage
        case .exited: .refused
        }
    }

    /// The error as shown to a client.
    ///
    /// - Parameter container: the kind of audio to be decoded.
    func decoding(_ container: AudioContainer, _ limits: AudioLimits) -> ServiceError {
        let name = container.rawValue
        let (code, message): (ServiceError.Code, String) =
            switch reason {
            case .refused:
                (
                    .undecodableAudio,
                    "The \(name) audio could not be decoded: it is damaged or holds no audio. Send another format, best WAV."
                )
            case .outOfMemory:
                (
                    .undecodableAudio,
                    "The \(name) audio takes more than \(limits.decoderMemory >> 20) MiB of memory to decode, which is the "
                        + "limit here. Send another format, best WAV."
                )
            case .outOfTime:
                (
                    .timeout,
                    "The \(name) audio was not decoded in time: the limits here are \(limits.decoderStall.components.seconds) s "
                        + "without a result and \(limits.decoderProcessorTime.components.seconds) s of processor time. Send "
                        + "it in parts, or as WAV."
                )
            case .killed:
                (
                    .internal,
                    "FFmpeg was ended while it decoded the \(name) audio, perhaps because the server is short of memory. "
                        + "Send it again, or as WAV, which needs no FFmpeg."
                )
            case .notStarted:
                (
                    .internal,
                    "FFmpeg, which decodes \(name) audio, could not be started on the server within "
                        + "\(limits.decoderMemory >> 20) MiB of memory; its log says why. Send WAV, which needs no FFmpeg."
                )
            case .outOfStorage: (.storageFull, ScratchFile.full)
            }
        return ServiceError(code, message, cause: self)
    }

    /// The error as shown to a client. None of this input came from the client.
    func encoding(_ format: AudioFormat) -> ServiceError {
        switch reason {
        case .outOfStorage: ServiceError(.storageFull, ScratchFile.full, cause: self)
        case .outOfTime:
            ServiceError(
                .timeout,
                "The speech was not encoded as \(format.rawValue) in time. Send less text at a time, or ask for wav or PCM.",
                cause: self)
        default:
            ServiceError(.internal, "The speech could not be encoded as \(format.rawValue).", cause: self)
        }
    }
}
