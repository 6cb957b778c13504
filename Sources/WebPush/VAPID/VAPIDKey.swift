import JWS
internal import Crypto

/// The application server's key pair (RFC 8292), by which push services know it again. Subscriptions are bound to it: a new
/// one means that every browser must subscribe anew.
public struct VAPIDKey: Sendable {
    let privateKey: P256.Signing.PrivateKey
    /// Uncompressed, 65 bytes.
    public let publicKey: [UInt8]

    /// A new key pair.
    public init() {
        self.init(P256.Signing.PrivateKey())
    }

    /// - Parameter privateKey: 32 bytes as base64url, as ``privateKeyBase64URL`` and other libraries write it.
    /// - Throws: `privateKeyInvalid`.
    public init(privateKey base64URL: String) throws(WebPushError) {
        guard let bytes = Base64URL.decode(base64URL), bytes.count == 32 else {
            throw WebPushError(
                .privateKeyInvalid,
                "A VAPID private key is 32 bytes as base64url (43 characters); make one with: herald vapid generate")
        }
        do {
            self.init(try P256.Signing.PrivateKey(rawRepresentation: bytes))
        } catch {
            throw WebPushError(.privateKeyInvalid, "The VAPID private key is 0 or not less than the curve's order", cause: error)
        }
    }

    private init(_ privateKey: P256.Signing.PrivateKey) {
        self.privateKey = privateKey
        publicKey = Array(privateKey.publicKey.x963Representation)
    }

    /// What a page gives to `pushManager.subscribe` as `applicationServerKey`; 87 characters.
    public var publicKeyBase64URL: String { Base64URL.encode(publicKey) }

    /// A secret; 43 characters.
    public var privateKeyBase64URL: String { Base64URL.encode(Array(privateKey.rawRepresentation)) }
}
