import CryptoExtras
import Foundation
import HMS
import JWS
import Testing

@Suite struct HMSAuthenticationTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func aServiceAccountSignsItsOwnTokenWithPS256() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let account = try HMSServiceAccount(projectID: "p", keyID: "k1", subAccount: "s1", privateKeyPEM: key.pkcs8PEMRepresentation)
        let token = try account.accessToken(now: now)
        #expect(token.lifetimeSeconds == 3600)
        let parts = token.value.split(separator: ".").map { Base64URL.decode($0) ?? [] }
        #expect(String(decoding: parts[0], as: UTF8.self) == #"{"alg":"PS256","kid":"k1","typ":"JWT"}"#)
        #expect(
            String(decoding: parts[1], as: UTF8.self)
                == #"{"aud":"https://oauth-login.cloud.huawei.com/oauth2/v3/token","exp":1800003600,"iat":1800000000,"iss":"s1"}"#)
        let input = Data(token.value.split(separator: ".").prefix(2).joined(separator: ".").utf8)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: Data(parts[2]))
        #expect(key.publicKey.isValidSignature(signature, for: input, padding: .PSS))
        #expect(!key.publicKey.isValidSignature(signature, for: input, padding: .insecurePKCS1v1_5), "that would be RS256")
    }

    @Test(arguments: [("", "k", "s", "project_id"), ("p/../x", "k", "s", "project_id"), ("p", "k\"", "s", "key_id"), ("p", "k", "s b", "sub_account"), ("p", "k", "s", "private_key")])
    func whatIsNotFromTheDownloadedFileIsNamed(_ project: String, _ key: String, _ account: String, _ field: String) {
        #expect {
            try HMSServiceAccount(projectID: project, keyID: key, subAccount: account, privateKeyPEM: "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----")
        } throws: { ($0 as? HMSError)?.field == field }
    }

    @Test func theFormIsEscaped() throws {
        let client = try HMSOAuthClient(clientID: "123", clientSecret: "a+b&c=é")
        #expect(String(decoding: client.form, as: UTF8.self) == "grant_type=client_credentials&client_id=123&client_secret=a%2Bb%26c%3D%C3%A9")
        #expect(throws: HMSError.self) { try HMSOAuthClient(clientID: "abc", clientSecret: "x") }
        #expect(throws: HMSError.self) { try HMSOAuthClient(clientID: "1", clientSecret: "") }
    }

    @Test func aTokenIsReadWithItsEscapes() throws {
        let token = try HMSOAuthClient.read(status: 200, body: Array(#"{"access_token":"a\/b+c","expires_in":3600,"token_type":"Bearer"}"#.utf8))
        #expect(token == HMSAccessToken(value: "a/b+c", lifetimeSeconds: 3600))
    }

    @Test(arguments: [
        (400, #"{"error":1101,"sub_error":20002,"error_description":"invalid client_id"}"#, HMSError.Code.refused),
        (400, #"{"error":"1101"}"#, .refused), (403, "", .refused), (429, "", .unavailable), (500, "html", .unavailable),
        (503, "", .unavailable), (200, "{}", .unavailable),
    ])
    func aNoIsToldFromTrouble(_ status: Int, _ body: String, _ code: HMSError.Code) {
        #expect { try HMSOAuthClient.read(status: status, body: Array(body.utf8)) } throws: { error in
            guard let error = error as? HMSError else { return false }
            return error.code == code && (!body.contains("20002") || error.message.contains("1101 20002 invalid client_id"))
        }
    }
}
