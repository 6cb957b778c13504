import Testing
import WNS

@Suite struct WNSAuthenticationTests {
    @Test func bothGenerationsAskInTheirWay() {
        let entra = WNSOAuthClient.entra(tenantID: "t-1", clientID: "c", clientSecret: "s~+/")
        #expect(entra.tokenEndpoint == "https://login.microsoftonline.com/t-1/oauth2/v2.0/token")
        #expect(
            String(decoding: entra.form, as: UTF8.self)
                == "grant_type=client_credentials&client_id=c&client_secret=s~%2B%2F&scope=https%3A%2F%2Fwns.windows.com%2F.default")
        let store = WNSOAuthClient.store(packageSID: "ms-app://s-1", clientSecret: "s")
        #expect(store.tokenEndpoint == "https://login.live.com/accesstoken.srf")
        #expect(
            String(decoding: store.form, as: UTF8.self)
                == "grant_type=client_credentials&client_id=ms-app%3A%2F%2Fs-1&client_secret=s&scope=notify.windows.com")
    }

    @Test(arguments: [
        #"{"token_type":"Bearer","expires_in":86399,"access_token":"abc"}"#, #"{"token_type":"bearer","expires_in":"86399","access_token":"abc"}"#,
    ])
    func theLifetimeMayBeANumberOrText(_ body: String) throws {
        #expect(try WNSOAuthClient.read(status: 200, body: Array(body.utf8)) == WNSAccessToken(value: "abc", lifetimeSeconds: 86_399))
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_client","error_description":"bad"}"#, WNSError.Code.refused), (401, "", .refused), (408, "", .unavailable),
        (429, "", .unavailable), (500, "", .unavailable), (503, "x", .unavailable), (200, #"{"access_token":""}"#, .unavailable),
    ])
    func aNoIsToldFromTrouble(_ status: Int, _ body: String, _ code: WNSError.Code) {
        #expect { try WNSOAuthClient.read(status: status, body: Array(body.utf8)) } throws: { ($0 as? WNSError)?.code == code }
    }
}
