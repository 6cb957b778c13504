/// Why a request to send or to register is refused, before anything is stored.
public struct PushProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let invalidField = Code(rawValue: "invalid_field")
        public static let unknownDevice = Code(rawValue: "unknown_device")
        /// There is no such provider here.
        public static let unknownProvider = Code(rawValue: "unknown_provider")
        /// There are no credentials for a provider.
        public static let noCredential = Code(rawValue: "no_credential")
        /// Another request had the same idempotency key.
        public static let keyReused = Code(rawValue: "idempotency_key_reused")
        /// There is no device that it could be sent to.
        public static let nobody = Code(rawValue: "nobody")
        public static let tooLarge = Code(rawValue: "too_large")
    }

    public let code: Code
    /// The field at fault, as the API spells it: `audience.devices[3]`.
    public let field: String
    /// What is wrong and what to do about it.
    public let message: String

    public init(_ code: Code, field: String, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }

    public var description: String { "\(field): \(message)" }
}
