internal import CryptoExtras
import JWS

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A service account of AppGallery Connect, which signs its own access tokens: the only way into v3, and a way into v1 and v2.
public struct HMSServiceAccount: Sendable {
    public let projectID: String
    public let keyID: String
    /// Who signs: the claim `iss`.
    public let subAccount: String
    private let privateKey: _RSA.Signing.PrivateKey

    /// The claim `aud`, whatever the server that is really asked.
    public static let audience = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"
    /// What Huawei recommends, and takes at most.
    public static let lifetimeSeconds = 3600

    /// - Parameter privateKeyPEM: PKCS#8, as the downloaded file has it under `private_key`.
    /// - Throws: `invalidField` naming the field of the downloaded file, `invalidKey`.
    public init(projectID: String, keyID: String, subAccount: String, privateKeyPEM: String) throws(HMSError) {
        for (field, value) in [("project_id", projectID), ("key_id", keyID), ("sub_account", subAccount)] {
            let isPlain = !value.isEmpty && value.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#""\/?#"#.utf8.contains($0) }
            try check(isPlain, field, "take it as it stands in the downloaded service account file")
        }
        self.projectID = projectID
        self.keyID = keyID
        self.subAccount = subAccount
        do {
            privateKey = try _RSA.Signing.PrivateKey(pemRepresentation: privateKeyPEM)
        } catch {
            throw HMSError(
                .invalidKey, field: "private_key",
                """
                this is no RSA private key in PEM of at least 2048 bits; take it as it stands in the downloaded service account file, \
                line ends included
                """)
        }
    }

    /// A JSON Web Token that is the access token itself; nothing is exchanged for it.
    ///
    /// Signed with PS256: RSASSA-PSS, SHA-256, a salt as long as the digest (RFC 7518 §3.5). Costs milliseconds: keep it for its lifetime.
    /// - Throws: `invalidKey`.
    public func accessToken(now: Date) throws(HMSError) -> HMSAccessToken {
        let issuedAt = Int(now.timeIntervalSince1970)
        let header = #"{"alg":"PS256","kid":"\#(keyID)","typ":"JWT"}"#
        let claims = #"{"aud":"\#(Self.audience)","exp":\#(issuedAt + Self.lifetimeSeconds),"iat":\#(issuedAt),"iss":"\#(subAccount)"}"#
        let token = try CompactJWS.token(header: header, payload: claims) { (input) throws(HMSError) in try signature(of: input) }
        return HMSAccessToken(value: token, lifetimeSeconds: Self.lifetimeSeconds)
    }

    private func signature(of input: [UInt8]) throws(HMSError) -> [UInt8] {
        do {
            return Array(try privateKey.signature(for: input, padding: .PSS).rawRepresentation)
        } catch {
            throw HMSError(.invalidKey, field: "private_key", "the key can't sign: \(error)")
        }
    }
}
