import JWS
import Testing
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct VAPIDVerificationTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)
    private let audience = "https://push.example.net"
    private let signed = SignedToken()

    private func claims(aud: String = #""https://push.example.net""#, exp: String = "1700003600", rest: String = "") -> String {
        #"{"aud":\#(aud),"exp":\#(exp)\#(rest)}"#
    }

    private func code(_ claims: String, header: String = #"{"alg":"ES256"}"#) -> WebPushError.Code? {
        refusal { try signed.authorization(claims, header: header).verify(audience: audience, now: now) }
    }

    // MARK: RFC 8292 §2.4

    @Test func theExampleIsVerifiedWhileItIsValid() throws {
        let text = "vapid t=\(RFC8292.unsigned).\(RFC8292.signature), k=\(RFC8292.publicKey)"
        let authorization = try VAPIDAuthorization(authorization: text, cryptoKey: nil)
        let expiresAt = Date(timeIntervalSince1970: Double(RFC8292.expirySeconds))
        #expect(try authorization.publicKey == bytes(RFC8292.publicKey))
        #expect(
            try authorization.verify(audience: RFC8292.audience, now: expiresAt - 1)
                == VAPIDClaims(audience: RFC8292.audience, expiresAt: expiresAt, subject: RFC8292.subject))
        #expect(refusal { try authorization.verify(audience: RFC8292.audience, now: expiresAt) } == .expired)
        #expect(refusal { try authorization.verify(audience: RFC8292.audience, now: expiresAt - 86_461) } == .expiryTooFarAhead)
    }

    // MARK: claims

    @Test func audAndExpAreEnough() throws {
        let verified = try signed.authorization(claims()).verify(audience: audience, now: now)
        #expect(verified == VAPIDClaims(audience: audience, expiresAt: now + 3600, subject: nil))
    }

    @Test func theAudienceMustBeExactlyTheOrigin() {
        #expect(code(#"{"exp":1700003600}"#) == .audienceMissing)
        for wrong in ["https://push.example.net/", "https://PUSH.example.net", "http://push.example.net", "https://push.example.net:443", ""] {
            #expect(code(claims(aud: "\"\(wrong)\"")) == .audienceMismatch)
        }
        for wrong in ["null", "1", #"["https://push.example.net"]"#] { #expect(code(claims(aud: wrong)) == .audienceMismatch) }
    }

    @Test func theExpiryMustBeANumberWithinADay() {
        #expect(code(#"{"aud":"https://push.example.net"}"#) == .expiryMissing)
        for wrong in ["\"1700003600\"", "null", "true", "[]"] { #expect(code(claims(exp: wrong)) == .expiryNotANumber) }
        for past in ["1700000000", "1699999999", "0", "-1", "-1e300"] { #expect(code(claims(exp: past)) == .expired) }
        for late in ["1700086461", "1700003600000", "1e300"] { #expect(code(claims(exp: late)) == .expiryTooFarAhead) }
        for fine in ["1700000001", "1700086400", "1700086460", "1700003600.5"] { #expect(code(claims(exp: fine)) == nil) }
    }

    @Test func aSubjectIsOptionalButNotNull() throws {
        let named = try signed.authorization(claims(rest: #","sub":"mailto:a@b.c""#)).verify(audience: audience, now: now)
        #expect(named.subject == "mailto:a@b.c")
        #expect(code(claims(rest: #","sub":null"#)) == .subjectInvalid)
        #expect(code(claims(rest: #","sub":7"#)) == .subjectInvalid)
    }

    @Test(arguments: ["no", "[]", "\"x\"", "null", "{", "7"])
    func claimsThatAreNoObjectAreRefused(_ claims: String) {
        #expect(code(claims) == .claimsMalformed)
    }

    @Test func claimsNestedWithoutEndAreRefusedNotFatal() {
        let deep = String(repeating: #"{"x":"#, count: 20_000) + "1" + String(repeating: "}", count: 20_000)
        #expect(code(deep) == .claimsMalformed)
    }

    // MARK: token

    @Test(arguments: [#"{"alg":"none"}"#, #"{"alg":"HS256"}"#, #"{"alg":"es256"}"#, #"{"alg":""}"#])
    func onlyES256IsTaken(_ header: String) {
        #expect(code(claims(), header: header) == .algorithmUnsupported)
    }

    @Test(arguments: ["{}", #"{"alg":1}"#, "x", #"["ES256"]"#])
    func aHeaderWithoutAlgorithmIsRefused(_ header: String) {
        #expect(code(claims(), header: header) == .tokenMalformed)
    }

    @Test(arguments: ["a", "a.b", "a.b.c.d", "..", "a..c", ".b.c", "a.b.", "?.b.c"])
    func aTokenHasThreeParts(_ token: String) throws {
        let authorization = try VAPIDAuthorization(authorization: "vapid t=\(token), k=\(signed.publicKey)", cryptoKey: nil)
        #expect(refusal { try authorization.verify(audience: audience, now: now) } == .tokenMalformed)
    }

    @Test func aForgedTokenIsRefused() throws {
        let token = try signed.token(claims())
        let parts = token.split(separator: ".").map(String.init)
        let longer = Base64URL.encode(claims(exp: "1700080000").utf8)
        let short = try Base64URL.encode(bytes(parts[2]).dropLast())
        let zeros = Base64URL.encode([UInt8](repeating: 0, count: 64))
        let signatures = [short, zeros, "?"].map { "\(parts[0]).\(parts[1]).\($0)" }
        for forged in ["\(parts[0]).\(longer).\(parts[2])"] + signatures {
            let authorization = try VAPIDAuthorization(authorization: "vapid t=\(forged), k=\(signed.publicKey)", cryptoKey: nil)
            #expect(refusal { try authorization.verify(audience: audience, now: now) } == .signatureInvalid)
        }
        let other = try VAPIDAuthorization(authorization: "vapid t=\(token), k=\(SignedToken().publicKey)", cryptoKey: nil)
        #expect(refusal { try other.verify(audience: audience, now: now) } == .signatureInvalid)
    }
}
