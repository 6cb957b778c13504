internal import CryptoExtras
import JWS
import URLEncoding

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A service account of a Firebase project, as the console lets one download it.
public struct FCMServiceAccount: Sendable {
    public let projectID: String
    public let clientEmail: String
    /// Where to ask for access tokens, and the assertion's audience.
    public let tokenURI: String
    private let privateKeyID: String?
    private let privateKey: _RSA.Signing.PrivateKey

    public static let tokenURI = "https://oauth2.googleapis.com/token"

    /// The file's members that matter.
    private struct File: Decodable {
        let type: String?
        let project_id: String?
        let client_email: String?
        let token_uri: String?
        let private_key_id: String?
        let private_key: String?
    }

    /// - Parameter json: the file.
    /// - Throws: `invalidField` naming the file's member, `invalidKey`.
    public init(json: [UInt8]) throws(FCMError) {
        guard let file = try? JSONDecoder().decode(File.self, from: Data(json)) else {
            throw FCMError(.invalidField, "this is no service account file: \(Self.download)")
        }
        // A project has other JSON files: google-services.json, OAuth clients, federated identities.
        try check(["service_account", nil].contains(file.type), "type", "this is another sort of file: \(Self.download)")
        projectID = try Self.plain(file.project_id, "project_id")
        clientEmail = try Self.plain(file.client_email, "client_email")
        privateKeyID = try file.private_key_id.map { (id) throws(FCMError) in try Self.plain(id, "private_key_id") }
        tokenURI = try Self.url(file.token_uri) ?? Self.tokenURI
        privateKey = try Self.key(file.private_key)
    }

    private static let download = "download one in the Firebase console, project settings, service accounts"
    private static let missing = "it is missing: \(download)"

    /// Stands in JSON and in URLs as it is.
    private static func plain(_ text: String?, _ field: String) throws(FCMError) -> String {
        guard let text, !text.isEmpty else { throw FCMError(.invalidField, field: field, missing) }
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#""\/?#"#.utf8.contains($0) }
        try check(isPlain, field, "take it as it stands in the downloaded file")
        return text
    }

    private static func url(_ text: String?) throws(FCMError) -> String? {
        guard let text else { return nil }
        let isURL = text.hasPrefix("https://") || text.hasPrefix("http://")
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#""\<>"#.utf8.contains($0) }
        try check(isURL && isPlain, "token_uri", "it must be a URL; Google's is \(tokenURI)")
        return text
    }

    private static func key(_ pem: String?) throws(FCMError) -> _RSA.Signing.PrivateKey {
        guard let pem else { throw FCMError(.invalidField, field: "private_key", missing) }
        do {
            return try _RSA.Signing.PrivateKey(pemRepresentation: pem)
        } catch {
            throw FCMError(
                .invalidKey, field: "private_key",
                "this is no RSA private key in PEM of at least 2048 bits; take it as it stands in the downloaded file, line ends included")
        }
    }
}

extension FCMServiceAccount {
    /// The body of a request for an access token (RFC 7523 §2.1), to be posted to ``tokenURI`` as `application/x-www-form-urlencoded`.
    /// Signed with RS256, good for an hour. ``FCMAccessToken`` reads the answer.
    ///
    /// - Throws: `invalidKey`.
    public func tokenRequest(now: Date) throws(FCMError) -> [UInt8] {
        formBody(["grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": try assertion(now: now)])
    }

    private func assertion(now: Date) throws(FCMError) -> String {
        let issuedAt = Int(now.timeIntervalSince1970)
        let header = JWTHeader(alg: "RS256", kid: privateKeyID, typ: "JWT")
        let claims = JWTClaims(
            aud: tokenURI, exp: issuedAt + 3600, iat: issuedAt, iss: clientEmail, scope: FCMEndpoint.scope)
        return try CompactJWS.token(header: text(header), payload: text(claims)) { (input) throws(FCMError) in
            try signature(of: input)
        }
    }

    private struct JWTHeader: Encodable {
        let alg: String
        let kid: String?
        let typ: String
    }

    private struct JWTClaims: Encodable {
        let aud: String
        let exp: Int
        let iat: Int
        let iss: String
        let scope: String
    }

    private func text(_ value: some Encodable) throws(FCMError) -> String { String(decoding: try encodedJSON(value), as: UTF8.self) }

    private func signature(of input: [UInt8]) throws(FCMError) -> [UInt8] {
        do {
            return Array(try privateKey.signature(for: input, padding: .insecurePKCS1v1_5).rawRepresentation)
        } catch {
            throw FCMError(.invalidKey, field: "private_key", "the key can't sign: \(error)")
        }
    }
}
