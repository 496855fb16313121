import BridgeSupport

extension JSONSyntaxError {
    /// The error for the client that sent this body. It names the field if the error is certain; after an extra quote, for instance,
    /// nothing is.
    var answer: ServiceError {
        switch reason {
        case .controlCharacter:
            invalid(
                "The body is not JSON: a text in it holds a raw line break, tab or other control character. Write \\n for a line break and \\t for a tab, and end each text with a quote."
            )
        case .unknownEscape:
            invalid(
                "The body is not JSON: a backslash in a text has no meaning there. Write \\\\ for a backslash; there are \\n, \\t, \\r, \\b, \\f, \\\", \\/ and \\u with four hexadecimal digits."
            )
        case .notUnicode:
            invalid(
                "A text in the body is not Unicode: it holds bytes that are not UTF-8, or half of a surrogate pair (\\ud800 to \\udfff)."
            )
        case .malformedNumber:
            invalid(
                "The body is not JSON: a number in it is not written as in JSON, such as 1, -0.5 or 2e3, with digits on both sides of a point and no zeros before others."
            )
        // Such a number is valid JSON, but in the range of no field.
        case .numberTooLarge: ServiceError(.invalidRequest, "A number in the body is too large.", param: field)
        case .tooManyValues:
            ServiceError(
                .invalidJSON,
                "The body holds more than \(RequestFields.maxValues) values; send less at once, and audio as base64 in one text."
            )
        case .trailingComma:
            ServiceError(
                .invalidJSON, "The body is not JSON: a comma stands before a closing } or ]. Leave that comma out.")
        case .unexpectedEnd, .unexpectedByte, .trailingText, .tooDeep, .tooLong:
            ServiceError(.invalidJSON, "The body is not JSON (in UTF-8, of ordinary depth).", cause: self)
        }
    }

    private func invalid(_ message: String) -> ServiceError { ServiceError(.invalidJSON, message, param: field) }
}
