internal import Crypto
import JWS

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A team's signing key for APNs: the `.p8` file of Apple's developer account.
public struct APNsKey: Sendable {
    public let teamID: String
    public let keyID: String
    private let privateKey: P256.Signing.PrivateKey

    /// What a team's and a key's id have.
    public static let idLength = 10

    /// - Parameters:
    ///   - teamID: ten letters and digits; Membership details shows it.
    ///   - keyID: ten letters and digits; they also stand in the file's name.
    ///   - privateKeyPEM: the file's text.
    /// - Throws: `invalidKey`, naming `team_id`, `key_id` or `private_key`.
    public init(teamID: String, keyID: String, privateKeyPEM: String) throws(APNsError) {
        try checkID(teamID, "team_id", "Membership details in the developer account shows it")
        try checkID(keyID, "key_id", "it stands in the name of the .p8 file, after AuthKey_")
        self.teamID = teamID
        self.keyID = keyID
        do {
            privateKey = try P256.Signing.PrivateKey(pemRepresentation: privateKeyPEM)
        } catch {
            throw APNsError(
                .invalidKey, field: "private_key",
                "this is no P-256 private key in PEM; take the text of the .p8 file as it is, line ends and BEGIN and END lines included")
        }
    }

    /// Of the public key, uncompressed: tells two keys apart without showing either.
    public var publicKey: [UInt8] { Array(privateKey.publicKey.x963Representation) }

    /// A provider token (Apple: Establishing a token-based connection to APNs). APNs takes it for an hour, and no other within 20 minutes:
    /// keep it, as ``APNsProviderTokenState`` says.
    /// - Throws: `invalidKey`.
    public func providerToken(issuedAt: Date) throws(APNsError) -> APNsProviderToken {
        let header = #"{"alg":"ES256","kid":"\#(keyID)"}"#
        let claims = #"{"iss":"\#(teamID)","iat":\#(issuedAt.unixSeconds)}"#
        let token = try CompactJWS.token(header: header, payload: claims) { (input) throws(APNsError) in try signature(of: input) }
        return APNsProviderToken(value: token, issuedAt: issuedAt)
    }

    /// R and S, 64 bytes (RFC 7518 §3.4); APNs refuses DER.
    private func signature(of input: [UInt8]) throws(APNsError) -> [UInt8] {
        do {
            return Array(try privateKey.signature(for: input).rawRepresentation)
        } catch {
            throw APNsError(.invalidKey, field: "private_key", "the key can't sign: \(error)")
        }
    }
}

/// A JSON Web Token that says whose pushes these are.
public struct APNsProviderToken: Sendable, Hashable {
    /// A secret.
    public let value: String
    public let issuedAt: Date
    /// The header `authorization`.
    public let authorization: String

    public init(value: String, issuedAt: Date) {
        self.value = value
        self.issuedAt = issuedAt
        authorization = "bearer " + value
    }
}

private func checkID(_ id: String, _ field: String, _ whereItIs: String) throws(APNsError) {
    try check(
        id.utf8.count == APNsKey.idLength && id.utf8.allSatisfy(isAlphanumeric), .invalidKey, field,
        "it has \(APNsKey.idLength) letters and digits; \(whereItIs)")
}
