import Crypto
import CryptoExtras
import JWS

/// A JSON Web Token as it came, taken apart but not believed yet (RFC 7515 §7.1).
struct SignedToken: Sendable {
    let header: JSONText
    let claims: JSONText
    private let signedBytes: [UInt8]
    private let signature: [UInt8]

    /// - Returns: nil when it is not three parts of base64url, the first two JSON objects.
    init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(String(decoding: parts[2], as: UTF8.self)), !signature.isEmpty
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signedBytes = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    var algorithm: String? { header["alg"]?.string }
    var keyID: String? { header["kid"]?.string }

    /// ES256 (RFC 7518 §3.4): R and S, 32 bytes each; DER doesn't do.
    func isSigned(by key: P256.Signing.PublicKey) -> Bool {
        guard algorithm == "ES256", signature.count == 64, let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: signedBytes)
    }

    /// RS256, or PS256 with a salt as long as the digest (RFC 7518 §3.3, §3.5).
    func isSigned(by key: _RSA.Signing.PublicKey, algorithm wanted: RSAAlgorithm) -> Bool {
        guard algorithm == wanted.rawValue else { return false }
        let padding: _RSA.Signing.Padding = wanted == .rs256 ? .insecurePKCS1v1_5 : .PSS
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return key.isValidSignature(signature, for: SHA256.hash(data: signedBytes), padding: padding)
    }

    enum RSAAlgorithm: String {
        case rs256 = "RS256"
        case ps256 = "PS256"
    }

    private static func object(_ part: some Sequence<UInt8>) -> JSONText? {
        guard let bytes = Base64URL.decode(String(decoding: Array(part), as: UTF8.self)), let json = JSONText(bytes), json.object != nil
        else { return nil }
        return json
    }
}
