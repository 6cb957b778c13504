/// What is wrong, as a code for programs and a sentence for people. No message quotes a key, a token or a payload.
public struct WebPushError: Error, Sendable, CustomStringConvertible {
    public let code: Code
    /// Says what is wrong and what to do about it.
    public let message: String
    /// The error underneath, when there was one.
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message }

    /// Extensible: later versions may add codes, so a `switch` needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let name: String
        public init(_ name: String) { self.name = name }
        public var description: String { name }
    }
}

extension WebPushError.Code {
    // What a browser or an operator gave us.
    public static let subscriptionMalformed = Self("subscriptionMalformed")
    public static let endpointInvalid = Self("endpointInvalid")
    public static let publicKeyInvalid = Self("publicKeyInvalid")
    public static let authSecretInvalid = Self("authSecretInvalid")
    public static let privateKeyInvalid = Self("privateKeyInvalid")
    public static let subjectInvalid = Self("subjectInvalid")

    // What is to be sent.
    public static let collapseKeyInvalid = Self("collapseKeyInvalid")
    public static let payloadTooLarge = Self("payloadTooLarge")

    // Encrypted content.
    public static let saltInvalid = Self("saltInvalid")
    public static let recordSizeInvalid = Self("recordSizeInvalid")
    public static let keyIDInvalid = Self("keyIDInvalid")
    public static let headerMalformed = Self("headerMalformed")
    public static let contentTruncated = Self("contentTruncated")
    public static let contentHasSeveralRecords = Self("contentHasSeveralRecords")
    public static let paddingInvalid = Self("paddingInvalid")
    public static let decryptionFailed = Self("decryptionFailed")
    public static let encryptionFailed = Self("encryptionFailed")

    // VAPID, as a push service reads it.
    public static let schemeUnknown = Self("schemeUnknown")
    public static let tokenMissing = Self("tokenMissing")
    public static let keyMissing = Self("keyMissing")
    public static let tokenMalformed = Self("tokenMalformed")
    public static let algorithmUnsupported = Self("algorithmUnsupported")
    public static let signatureInvalid = Self("signatureInvalid")
    public static let claimsMalformed = Self("claimsMalformed")
    public static let audienceMissing = Self("audienceMissing")
    public static let audienceMismatch = Self("audienceMismatch")
    public static let expiryMissing = Self("expiryMissing")
    public static let expiryNotANumber = Self("expiryNotANumber")
    public static let expired = Self("expired")
    public static let expiryTooFarAhead = Self("expiryTooFarAhead")
    public static let signingFailed = Self("signingFailed")
}
