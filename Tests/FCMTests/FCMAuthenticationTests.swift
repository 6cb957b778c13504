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

    @Test func theAudienceIsTheFilesOwn() throws {
        let account = try FCMServiceAccount(json: file { $0["token_uri"] = "http://localhost:9/token" })
        let assertion = String(decoding: try account.tokenRequest(now: now), as: UTF8.self).split(separator: "=").last ?? ""
        let claims = try #require(Base64URL.decode(assertion.split(separator: ".")[1]))
        #expect(String(decoding: claims, as: UTF8.self).hasPrefix(#"{"aud":"http://localhost:9/token","#))
        #expect(try FCMServiceAccount(json: file { $0["token_uri"] = nil }).tokenURI == "https://oauth2.googleapis.com/token")
    }

    @Test(arguments: [
        ("project_id", nil), ("client_email", nil), ("private_key", nil), ("project_id", ""), ("project_id", "p/../q"), ("client_email", "a\"b"),
        ("private_key_id", "k\n"), ("token_uri", ""), ("token_uri", "oauth2.googleapis.com/token"), ("token_uri", "https://x/ y"),
        ("type", "authorized_user"), ("private_key", ""), ("private_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
    ] as [(String, String?)])
    func whatIsWrongInTheFileIsNamed(_ member: String, _ value: String?) throws {
        let json = try file { $0[member] = value }
        let error = #expect(throws: FCMError.self) { try FCMServiceAccount(json: json) }
        #expect(error?.field == member && error?.code == (member == "private_key" && value != nil ? .invalidKey : .invalidField))
    }

    @Test func aPublicKeyIsNoPrivateKey() throws {
        let pem = try #require(Self.key).publicKey.pemRepresentation
        let json = try file { $0["private_key"] = pem }
        let error = #expect(throws: FCMError.self) { try FCMServiceAccount(json: json) }
        #expect(error?.code == .invalidKey)
    }

    @Test(arguments: ["", "[]", "{", "null"])
    func whatIsNoFileIsRefused(_ text: String) {
        let error = #expect(throws: FCMError.self) { try FCMServiceAccount(json: Array(text.utf8)) }
        #expect(error?.field == nil && error?.message.contains("Firebase console") == true)
    }

    @Test func aTokenIsRead() throws {
        let token = try FCMAccessToken(status: 200, body: Array(#"{"access_token":"ya29","expires_in":3599,"token_type":"Bearer"}"#.utf8))
        #expect(token == FCMAccessToken.sample)
    }

    @Test func whatGoogleLeavesOutIsAnHour() throws {
        #expect(try FCMAccessToken(status: 200, body: Array(#"{"access_token":"ya29"}"#.utf8)).lifetimeSeconds == 3599)
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, FCMError.Code.refused, "private_key"),
        (400, #"{"error":"invalid_grant","error_description":"Invalid grant: account not found"}"#, .refused, "client_email"),
        (401, #"{"error":"unauthorized_client"}"#, .refused, nil), (404, "<html>", .refused, "token_uri"),
        (429, "", .unavailable, nil), (408, "", .unavailable, nil), (500, "<html>", .unavailable, nil), (503, "", .unavailable, nil),
        (200, "{}", .unavailable, nil), (200, #"{"access_token":""}"#, .unavailable, nil), (200, #"{"access_token":"a\r\nb"}"#, .unavailable, nil),
        (302, "", .unavailable, nil),
    ] as [(Int, String, FCMError.Code, String?)])
    func aNoIsToldFromTrouble(_ status: Int, _ body: String, _ code: FCMError.Code, _ field: String?) {
        let error = #expect(throws: FCMError.self) { try FCMAccessToken(status: status, body: Array(body.utf8)) }
        #expect(error?.code == code && error?.field == field && error?.message.contains("\(status)") == true)
    }

    @Test func anInvalidGrantSaysWhereToLook() {
        let error = #expect(throws: FCMError.self) { try FCMAccessToken(status: 400, body: Array(#"{"error":"invalid_grant"}"#.utf8)) }
        for word in ["invalid_grant", "private_key", "client_email", "clock"] { #expect(error?.message.contains(word) == true) }
    }
}

extension FCMAccessToken {
    fileprivate static var sample: FCMAccessToken? {
        try? FCMAccessToken(status: 200, body: Array(#"{"expires_in":3599,"access_token":"ya29"}"#.utf8))
    }
}
