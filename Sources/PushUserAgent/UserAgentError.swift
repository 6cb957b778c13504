/// Why a user agent could not do what it was asked for.
public struct UserAgentError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The address of the push service is not one.
        public static let badAddress = Code("badAddress")
        /// The identity file cannot be read, written or trusted.
        public static let identityFile = Code("identityFile")
        /// Another process holds the identity file.
        public static let identityInUse = Code("identityInUse")
        /// The push service cannot be reached, or the connection to it broke.
        public static let connectionLost = Code("connectionLost")
        /// Another process has connected with the same identity, and the push service serves the newest. Two would take turns in
        /// throwing each other out, so this one ends.
        public static let replaced = Code("replaced")
        /// The push service closed the connection with a close frame; see ``UserAgentError/closeCode``.
        public static let closedByServer = Code("closedByServer")
        /// The push service answered, but with a refusal or nonsense.
        public static let refused = Code("refused")
        /// The push service left a request or a ping without an answer.
        public static let timedOut = Code("timedOut")
        /// A message that the key does not open.
        public static let undecryptable = Code("undecryptable")
        /// A ``UserAgentApp`` says that it cannot do its part now: ask it again later.
        public static let tryAgain = Code("tryAgain")
    }

    public let code: Code
    /// One sentence: what is wrong, and what to do where something can be done.
    public let message: String
    /// The WebSocket close code the push service gave, with ``Code/closedByServer``.
    public let closeCode: Int?
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String, closeCode: Int? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.closeCode = closeCode
        self.cause = cause
    }

    public var description: String { message }
}
