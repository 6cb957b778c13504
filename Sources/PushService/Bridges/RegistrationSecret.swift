import Crypto

/// What a mobile user agent proves with that a registration is its own: an HMAC of its UAID. Nothing has to be kept for it.
public struct RegistrationSecret: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter endpointKeys: those that endpoints are sealed with. The first makes secrets, all of them check.
    public init(endpointKeys: [[UInt8]]) {
        keys = endpointKeys.map { key in
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: key), info: Array("herald mobile registration".utf8), outputByteCount: 32)
        }
    }

    /// 64 hexadecimal digits.
    public func secret(of uaid: UAID) -> String {
        keys.first.map { key in
            let code = Array(HMAC<SHA256>.authenticationCode(for: Array(uaid.text.utf8), using: key))
            // Two of 128 bits make 256.
            return [code.prefix(16), code.suffix(16)].compactMap { Hexadecimal128(bytes: $0)?.digits }.joined()
        } ?? ""
    }

    /// - Parameter authorization: `webpush SECRET` or `bearer SECRET`, the scheme in any case.
    public func admits(_ authorization: String?, to uaid: UAID) -> Bool {
        let words = (authorization ?? "").split(separator: " ")
        guard words.count == 2, ["webpush", "bearer"].contains(words[0].lowercased()), words[1].utf8.count == 64,
            let start = Hexadecimal128(digits: words[1].prefix(32)), let end = Hexadecimal128(digits: words[1].suffix(32))
        else { return false }
        let code = start.bytes + end.bytes
        return keys.contains { HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(uaid.text.utf8), using: $0) }
    }
}
