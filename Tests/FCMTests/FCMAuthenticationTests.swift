import CryptoExtras
import FCM
import Foundation
import JWS
import Testing

@Suite struct FCMAuthenticationTests {
    private static let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048)
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func file(_ change: (inout [String: String]) -> Void = { _ in }) throws -> [UInt8] {
        var members = [
            "type": "service_account", "project_id": "p-1", "client_email": "a@p-1.iam.gserviceaccount.com", "private_key_id": "k1",
            "private_key": try #require(Self.key).pkcs8PEMRepresentation, "token_uri": "https://oauth2.googleapis.com/token",
        ]
        change(&members)
        return Array(try JSONEncoder().encode(members))
    }

    @Test func theAssertionIsWhatGoogleWants() throws {
        let account = try FCMServiceAccount(json: file())
        let form = String(decoding: try account.tokenRequest(now: now), as: UTF8.self)
        let start = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
        #expect(form.hasPrefix(start))
        let parts = form.dropFirst(start.count).split(separator: ".").map(String.init)
        let header = try #require(Base64URL.decode(parts[0])), claims = try #require(Base64URL.decode(parts[1]))
        #expect(String(decoding: header, as: UTF8.self) == #"{"alg":"RS256","kid":"k1","typ":"JWT"}"#)
        #expect(
            String(decoding: claims, as: UTF8.self)
                == #"{"aud":"https://oauth2.googleapis.com/token","exp":1800003600,"iat":1800000000,"iss":"a@p-1.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/firebase.messaging"}"#)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Base64URL.decode(parts[2])))
        let signed = Data("\(parts[0]).\(parts[1])".utf8)
        #expect(try #require(Self.key).publicKey.isValidSignature(signature, for: signed, padding: .insecurePKCS1v1_5))
    }

    @Test(arguments: ["project_id", "client_email", "private_key"])
    func whatIsMissingInTheFileIsNamed(_ member: String) throws {
        let json = try file { $0[member] = nil }
        let error = #expect(throws: FCMError.self) { try FCMServiceAccount(json: json) }
        #expect(error?.field == member)
    }

    @Test func aKeyThatIsNoneIsNamed() throws {
        let json = try file { $0["private_key"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" }
        let error = #expect(throws: FCMError.self) { try FCMServiceAccount(json: json) }
        #expect(error?.field == "private_key" && error?.code == .invalidKey)
        let path = try file { $0["project_id"] = "p/../q" }
        #expect(throws: FCMError.self) { try FCMServiceAccount(json: path) }
        #expect(throws: FCMError.self) { try FCMServiceAccount(json: Array("[]".utf8)) }
    }

    @Test func aTokenIsRead() throws {
        let token = try FCMAccessToken(status: 200, body: Array(#"{"access_token":"ya29","expires_in":3599,"token_type":"Bearer"}"#.utf8))
        #expect(token == FCMAccessToken.sample)
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, FCMError.Code.refused),
        (401, #"{"error":"unauthorized_client"}"#, .refused), (429, "", .unavailable), (408, "", .unavailable),
        (500, "<html>", .unavailable), (503, "", .unavailable), (200, "{}", .unavailable), (200, #"{"access_token":""}"#, .unavailable),
    ])
    func aNoIsToldFromTrouble(_ status: Int, _ body: String, _ code: FCMError.Code) {
        let error = #expect(throws: FCMError.self) { try FCMAccessToken(status: status, body: Array(body.utf8)) }
        #expect(error?.code == code)
        if body.contains("invalid_grant") { #expect(error?.message.contains("clock") == true) }
    }
}

extension FCMAccessToken {
    fileprivate static var sample: FCMAccessToken? {
        try? FCMAccessToken(status: 200, body: Array(#"{"expires_in":3599,"access_token":"ya29"}"#.utf8))
    }
}
