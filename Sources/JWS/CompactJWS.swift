/// A signed JSON Web Token in its compact form (RFC 7515 §7.1): three parts in base64url, joined by dots.
public enum CompactJWS {
    /// - Parameters:
    ///   - header: JSON; says how it is signed.
    ///   - payload: JSON; the claims.
    ///   - sign: gives the signature of the bytes it gets, in the form of RFC 7518 §3 (raw, not DER).
    public static func token<Failure: Error>(
        header: String, payload: String, sign: (_ signingInput: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> String {
        let signingInput = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload.utf8)
        return signingInput + "." + Base64URL.encode(try sign(Array(signingInput.utf8)))
    }
}
