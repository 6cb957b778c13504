import Crypto
import JWS

/// The VAPID public key that a subscription is restricted to.
public enum ApplicationServerKey {
    /// - Parameter text: base64url, with padding or without.
    /// - Returns: its 65 bytes; nil unless they are an uncompressed point on P-256 (RFC 8292 §3.2).
    public static func raw(_ text: String) -> [UInt8]? {
        guard let raw = Base64URL.decode(text), (try? P256.Signing.PublicKey(x963Representation: raw)) != nil else { return nil }
        return raw
    }
}
