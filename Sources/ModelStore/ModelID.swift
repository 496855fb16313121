import BridgeSupport

/// Rules for names that come from outside and become parts of paths.
enum SafeName {
    /// An id becomes the name of a directory: one component, not hidden, without characters that a shell or a file system
    /// interprets.
    static func isModelID(_ id: String) -> Bool {
        let allowed = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: byte >= 0x80
            }
        }
        // Piper has voices with letters outside ASCII (is_IS-salka, ar_JO, "pt_PT-tugão"), but no control characters.
        let printable = id.unicodeScalars.allSatisfy { $0.isASCII || $0.properties.isAlphabetic }
        return allowed && printable && (1...128).contains(id.utf8.count) && !id.hasPrefix(".") && !id.hasPrefix("-")
    }

    /// Names that mean something else where a model is named: a choice left to the program, or a model of OpenAI's in its clients.
    private static let reserved: Set = ["auto", "all", "none", "default", "models", "whisper-1", "tts-1", "tts-1-hd"]

    /// Whether a model that a user brings in must not have this name. Files that end in .lock are the store's own.
    static func isReserved(_ id: String) -> Bool {
        let id = id.lowercased()
        return reserved.contains(id) || id.hasSuffix(".lock")
    }

    /// A path below a directory: relative, every component a safe name.
    static func isRelativePath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.isEmpty && parts.allSatisfy { isModelID(String($0)) }
    }

    static func checkModelID(_ id: String) throws(ServiceError) {
        guard isModelID(id) else {
            throw .invalid(
                "model",
                "'\(id.prefix(80))' is no model id: ids hold letters, digits, '.', '_' and '-' and name one directory. "
                    + "'\(CommandName.current) models list' shows the ids there are.")
        }
    }
}
