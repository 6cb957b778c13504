import Testing
import WebPush

@Suite struct VAPIDAuthorizationTests {
    @Test(arguments: [
        "vapid t=a.b.c, k=KEY", "vapid t=a.b.c,k=KEY", "Vapid k=KEY; t=a.b.c", "VAPID  T=\"a.b.c\" ,  K=\"KEY\"", "vapid\tt=a.b.c,k=KEY=",
        "vapid x=1, t=a.b.c,, k=KEY,", "vapid t = a.b.c , k = KEY",
    ])
    func theSchemeIsReadHoweverItIsWritten(_ text: String) throws {
        let header = text.replacing("KEY", with: RFC8292.publicKey)
        let authorization = try VAPIDAuthorization(authorization: header, cryptoKey: nil)
        #expect(authorization.token == "a.b.c")
        #expect(try authorization.publicKey == bytes(RFC8292.publicKey))
    }

    @Test(arguments: ["WebPush a.b.c", "webpush a.b.c", "Bearer a.b.c", "bearer a.b.c "])
    func theDraftsSchemesHaveTheirKeyInCryptoKey(_ header: String) throws {
        for cryptoKey in ["p256ecdsa=KEY", "dh=BA1H;p256ecdsa=KEY", "dh=\"BA1H\", P256ECDSA=\"KEY\"", "p256ecdsa=KEY="] {
            let authorization = try VAPIDAuthorization(
                authorization: header, cryptoKey: cryptoKey.replacing("KEY", with: RFC8292.publicKey))
            #expect(authorization.token == "a.b.c")
            #expect(try authorization.publicKey == bytes(RFC8292.publicKey))
        }
    }

    @Test func theStandardAlphabetIsRead() throws {
        let key = RFC8292.publicKey.replacing("-", with: "+").replacing("_", with: "/") + "="
        let authorization = try VAPIDAuthorization(authorization: "vapid t=a.b.c, k=\(key)", cryptoKey: nil)
        #expect(try authorization.publicKey == bytes(RFC8292.publicKey))
    }

    @Test func eachMistakeHasItsCode() {
        func code(_ authorization: String, _ cryptoKey: String? = nil) -> WebPushError.Code? {
            refusal { try VAPIDAuthorization(authorization: authorization, cryptoKey: cryptoKey) }
        }
        let key = RFC8292.publicKey
        for scheme in ["", "Basic YTpi", "vapidt=a.b.c,k=\(key)", "t=a.b.c"] { #expect(code(scheme) == .schemeUnknown) }
        for tokenless in ["vapid", "vapid k=\(key)", "vapid t=,k=\(key)"] { #expect(code(tokenless) == .tokenMissing) }
        #expect(code("WebPush", "p256ecdsa=\(key)") == .tokenMissing)
        for keyless in ["vapid t=a.b.c", "vapid t=a.b.c,k="] { #expect(code(keyless, "p256ecdsa=\(key)") == .keyMissing) }
        for none in [nil, "", "dh=\(key)"] { #expect(code("WebPush a.b.c", none) == .keyMissing) }
        let offCurve = key.dropLast() + "8"
        for wrong in ["?", "BA1H", "AAAA" + key.dropFirst(4), key + "AAAA", String(offCurve)] {
            #expect(code("vapid t=a.b.c, k=\(wrong)") == .publicKeyInvalid)
        }
    }
}
