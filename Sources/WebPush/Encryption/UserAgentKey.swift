internal import Crypto

/// What a user agent keeps to itself: the private half of ``SubscriptionKeys``. It opens messages.
public struct UserAgentKey: Sendable {
    let privateKey: P256.KeyAgreement.PrivateKey
    /// What the application server gets.
    public let keys: SubscriptionKeys

    /// Fresh keys.
    public init() {
        self.init(EphemeralKey.random().privateKey, auth: randomBytes(16))
    }

    /// - Parameters:
    ///   - privateKey: ``privateKeyBytes`` of an earlier one, 32 bytes.
    ///   - auth: 16 bytes.
    /// - Throws: `privateKeyInvalid`, `authSecretInvalid`.
    public init(privateKey: [UInt8], auth: [UInt8]) throws(WebPushError) {
        try checkAuthSecret(auth)
        self.init(try agreementKey(privateKey), auth: auth)
    }

    private init(_ privateKey: P256.KeyAgreement.PrivateKey, auth: [UInt8]) {
        self.privateKey = privateKey
        keys = SubscriptionKeys(trustedP256dh: Array(privateKey.publicKey.x963Representation), auth: auth)
    }

    /// 32 bytes; a secret.
    public var privateKeyBytes: [UInt8] { Array(privateKey.rawRepresentation) }
}
