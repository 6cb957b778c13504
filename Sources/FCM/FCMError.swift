/// What is wrong, as a code for programs and a sentence for people. No message quotes a secret, a token or a payload.
public struct FCMError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Extensible: later versions may add codes, so a `switch` needs a default.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// A member of a message has a value that FCM refuses.
        public static let invalidField = Code(rawValue: "invalid_field")
        /// More than 4096 bytes of keys and values; 2048 to a topic or a condition.
        public static let tooLarge = Code(rawValue: "too_large")
        /// A raw message isn't a JSON object, or names a target itself.
        public static let invalidJSON = Code(rawValue: "invalid_json")
        /// The service account can't be read, or its key can't sign.
        public static let invalidKey = Code(rawValue: "invalid_key")
        /// Google's OAuth server says no: somebody has to mend the service account, or the clock.
        public static let refused = Code(rawValue: "refused")
        /// Google's OAuth server is in trouble.
        public static let unavailable = Code(rawValue: "unavailable")
    }

    public let code: Code
    /// The member at fault, as FCM spells it: `android.ttl`; nil when it isn't about one.
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

/// - Throws: `invalidField` unless the condition holds.
func check(_ holds: Bool, _ field: String, _ message: @autoclosure () -> String) throws(FCMError) {
    if !holds { throw FCMError(.invalidField, field: field, message()) }
}
