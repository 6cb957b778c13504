internal import Crypto

/// The sender's key pair for one message.
struct EphemeralKey {
    let privateKey: P256.KeyAgreement.PrivateKey
    /// Uncompressed, 65 bytes.
    let publicKeyBytes: [UInt8]

    init(_ privateKey: P256.KeyAgreement.PrivateKey) {
        self.privateKey = privateKey
        publicKeyBytes = Array(privateKey.publicKey.x963Representation)
    }

    /// - Parameter rawRepresentation: 32 bytes, a number from 1 to the curve's order - 1.
    /// - Throws: `privateKeyInvalid`.
    init(rawRepresentation: [UInt8]) throws(WebPushError) {
        self.init(try agreementKey(rawRepresentation))
    }

    /// Makes the key from random bytes, because `P256.KeyAgreement.PrivateKey()` tests every new pair against itself, which
    /// takes longer than the rest of the encryption. About one number in 2³² is out of range; then the next is taken.
    static func random() -> Self {
        while true {
            if let key = try? P256.KeyAgreement.PrivateKey(rawRepresentation: randomBytes(32)) { return Self(key) }
        }
    }

    /// Checks the keys too, for those that were trusted without reason.
    ///
    /// - Returns: the x coordinate of the common point, 32 bytes.
    /// - Throws: `publicKeyInvalid`, `authSecretInvalid`.
    func sharedSecret(with keys: SubscriptionKeys) throws(WebPushError) -> [UInt8] {
        try checkAuthSecret(keys.auth)
        return try agree(privateKey, publicKey(keys.p256dh, field: "keys.p256dh"))
    }
}

/// - Throws: `privateKeyInvalid`.
func agreementKey(_ rawRepresentation: [UInt8]) throws(WebPushError) -> P256.KeyAgreement.PrivateKey {
    do {
        return try P256.KeyAgreement.PrivateKey(rawRepresentation: rawRepresentation)
    } catch {
        throw WebPushError(
            .privateKeyInvalid, "A P-256 private key is a number of 32 bytes, not 0 and less than the curve's order",
            cause: error)
    }
}

/// Diffie-Hellman.
///
/// - Returns: the x coordinate of the common point, 32 bytes.
func agree(
    _ privateKey: P256.KeyAgreement.PrivateKey, _ publicKey: P256.KeyAgreement.PublicKey
) throws(WebPushError) -> [UInt8] {
    do {
        return try privateKey.sharedSecretFromKeyAgreement(with: publicKey).withUnsafeBytes { Array($0) }
    } catch {
        throw WebPushError(.publicKeyInvalid, "The two keys give no common secret", cause: error)
    }
}
