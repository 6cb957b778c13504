import JWS
import Crypto
import WebPush

/// Maps any collapse key to a `Topic` that every push service takes.
enum WebPushCollapseKey {
    /// Apple refuses topics that aren't whole base64url, and all refuse more than 32 characters: so it is always the digest, 32
    /// characters that encode 24 bytes.
    static func topic(_ key: String) -> CollapseKey? {
        try? CollapseKey(Base64URL.encode(Array(SHA256.hash(data: Array(key.utf8))).prefix(24)))
    }
}
