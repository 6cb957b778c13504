/// What is wrong, as a code for programs and a sentence for people. No message quotes a secret, a channel URI or a payload.
public struct WNSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Extensible: later versions may add codes, so a `switch` needs a default.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// A channel URI that may not be sent to: the access token would go to a stranger.
        public static let channelRefused = Code(rawValue: "channel_refused")
        /// A header has a value that Microsoft refuses.
        public static let invalidField = Code(rawValue: "invalid_field")
        /// More than ``WNSNotification/maximumBytes``.
        public static let tooLarge = Code(rawValue: "too_large")
        /// The OAuth server says no: somebody has to mend the credentials.
        public static let refused = Code(rawValue: "refused")
        /// The OAuth server is in trouble, or limits how often it is asked.
        public static let unavailable = Code(rawValue: "unavailable")
    }

    public let code: Code
    /// The header or field at fault; nil when it isn't about one.
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
