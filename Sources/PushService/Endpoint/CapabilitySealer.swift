import JWS
import Crypto
import WebPush

/// Makes capability tokens and opens them: short texts that only a holder of the keys can make or read,
/// so that a forged one is refused without a look into the store.
///
/// A token is base64url of nonce (12 bytes), AES-256-GCM ciphertext and tag (16 bytes), with the purpose as associated
/// data. The nonce is the beginning of an HMAC-SHA256 over purpose and content, as in SIV modes (RFC 5297, RFC 8452):
/// the same content always gives the same token, and no randomness can fail.
public struct CapabilitySealer: Sendable {
    /// What a token is good for. A token for one purpose doesn't open for another.
    public struct Purpose: Sendable, Hashable {
        let label: String
        public init(_ label: String) { self.label = label }
    }

    public static let keyBytes = 32
    static let overheadBytes = 28

    private let keys: [Key]

    /// - Parameter keys: each of 32 random bytes. The first seals; all of them open, so that an old key can be retired
    ///   once its tokens have died out.
    /// - Throws: ``PushServiceError`` `invalidKeys` for an empty list or a key of another length.
    public init(keys: [[UInt8]]) throws(PushServiceError) {
        guard !keys.isEmpty, keys.allSatisfy({ $0.count == Self.keyBytes }) else {
            throw PushServiceError(
                code: .invalidKeys, message: "Endpoint keys: give one or more keys of \(Self.keyBytes) bytes each.")
        }
        self.keys = keys.map(Key.init)
    }

    /// The token for `content`; always the same for the same content, purpose and first key.
    public func seal(_ content: [UInt8], for purpose: Purpose) -> String {
        Base64URL.encode(keys[0].seal(content, label: purpose.label))
    }

    /// The content of a token that one of the keys made for this purpose; nil for anything else.
    public func open(_ token: some StringProtocol, for purpose: Purpose) -> [UInt8]? {
        guard let sealed = Base64URL.decode(token), sealed.count >= Self.overheadBytes else { return nil }
        // Several texts decode to the same bytes; only one of them is the token.
        guard Base64URL.encode(sealed) == token else { return nil }
        return keys.lazy.compactMap { $0.open(sealed, label: purpose.label) }.first
    }
}

/// Two keys drawn from one, because a key must serve one algorithm only.
private struct Key: Sendable {
    let encryption: SymmetricKey
    let nonce: SymmetricKey

    init(_ bytes: [UInt8]) {
        func derived(_ info: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: bytes), info: Array(info.utf8), outputByteCount: 32)
        }
        encryption = derived("herald capability encryption")
        nonce = derived("herald capability nonce")
    }

    func seal(_ content: [UInt8], label: String) -> [UInt8] {
        let label = Array(label.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: label + [0] + content, using: nonce)
        // Twelve bytes are a nonce, and sealing so little has no way to fail.
        guard let nonce = try? AES.GCM.Nonce(data: Array(code.prefix(12))),
            let box = try? AES.GCM.seal(content, using: encryption, nonce: nonce, authenticating: label)
        else { preconditionFailure("AES-GCM refused a 12-byte nonce") }
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    func open(_ sealed: [UInt8], label: String) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: encryption, authenticating: Array(label.utf8))).map { Array($0) }
    }
}
