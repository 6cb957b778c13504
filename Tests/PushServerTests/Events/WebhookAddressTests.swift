import Testing

@testable import PushServer

@Suite struct WebhookAddressTests {
    @Test(arguments: [
        "http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://localhost/",
        "https://localhost:8080/", "http://localhost:8080/", "https://db.internal/", "https://intranet/", "https://u:p@example.com/",
        "https://example.com/#x", "ftp://example.com/", "", "https://example.com\\@127.0.0.1/", "/relative",
        "https://example.com/" + String(repeating: "x", count: 2048),
    ])
    func whatLeadsInsideOrIsNoAddressIsRefused(_ url: String) {
        #expect(WebhookAddress(allowsPrivate: false).objection(to: url) != nil)
    }

    @Test(arguments: ["https://example.com/", "https://hooks.example.com:8443/a?b=c"])
    func publicAddressesAreFine(_ url: String) { #expect(WebhookAddress(allowsPrivate: false).objection(to: url) == nil) }

    @Test func theLoudSwitchOpensTheRest() {
        #expect(WebhookAddress(allowsPrivate: true).objection(to: "http://127.0.0.1:1/") == nil)
        #expect(WebhookAddress(allowsPrivate: true).objection(to: "nonsense") != nil)
    }
}
