import JWS
import Crypto
import Testing
import WebPush

/// Makes tokens that are wrong in one way, signed right.
struct SignedToken {
    let key = P256.Signing.PrivateKey()

    var publicKey: String { Base64URL.encode(key.publicKey.x963Representation) }

    func token(_ claims: String, header: String = #"{"typ":"JWT","alg":"ES256"}"#) throws -> String {
        let unsigned = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return unsigned + "." + Base64URL.encode(try key.signature(for: Array(unsigned.utf8)).rawRepresentation)
    }

    func authorization(_ claims: String, header: String = #"{"typ":"JWT","alg":"ES256"}"#) throws -> VAPIDAuthorization {
        try VAPIDAuthorization(authorization: "vapid t=\(token(claims, header: header)), k=\(publicKey)", cryptoKey: nil)
    }
}
