/// What is wrong, as a code for programs and a sentence for people. No message quotes a secret, a device token or a payload.
public struct APNsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Extensible: later versions may add codes, so a `switch` needs a default.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The key, its id or its team's can't be used.
        public static let invalidKey = Code(rawValue: "invalid_key")
        /// A device token that APNs would not read.
        public static let invalidToken = Code(rawValue: "invalid_token")
        /// A header has a value that APNs refuses, alone or together with the push type.
        public static let invalidHeader = Code(rawValue: "invalid_header")
        /// The payload isn't what its push type asks for.
        public static let invalidPayload = Code(rawValue: "invalid_payload")
        /// More bytes than APNs takes for the push type.
        public static let tooLarge = Code(rawValue: "too_large")
    }

    public let code: Code
    /// The header or the member of the payload at fault, as Apple spells it: `apns-priority`, `aps.mutable-content`; nil when it isn't
    /// about one.
    public let field: String?
    /// Says what is wrong and what to do about it.
    public let message: String

    public init(_ code: Code, field: String? = nil, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }

    public var description: String { field.map { "\($0): \(message)" } ?? message }
}

/// - Throws: an error of the code unless the condition holds.
func check(_ holds: Bool, _ code: APNsError.Code, _ field: String?, _ message: @autoclosure () -> String) throws(APNsError) {
    if !holds { throw APNsError(code, field: field, message()) }
}
