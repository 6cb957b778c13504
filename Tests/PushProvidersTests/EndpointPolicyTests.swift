import PushProviders
import Testing
import WebPush

@Suite struct EndpointPolicyTests {
    private let policy = EndpointPolicy(allowsPrivate: false, ownOrigin: "http://localhost:8080")

    @Test(arguments: [
        "https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x", "https://db5p.notify.windows.com/w/?token=a%2bb", "http://localhost:8080/wpush/v2/x",
    ])
    func realPushServicesAndOurOwnAreFine(_ url: String) throws {
        #expect(policy.objection(to: try WebPushEndpoint(url)) == nil)
    }

    @Test(arguments: [
        "http://push.example.com/x", "https://127.0.0.1/x", "https://2130706433/x", "https://0x7f000001/x", "https://0177.0.0.1/x",
        "https://127.1/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://localhost/x", "https://localhost./x",
        "https://printer.local/x", "https://db.internal/x", "https://intranet/x", "http://localhost:8081/x", "http://localhost/x",
        "https://169.254.169.254/x.google.com/",
    ])
    func whatCouldPointInsideIsRefused(_ url: String) throws {
        #expect(policy.objection(to: try WebPushEndpoint(url)) != nil)
    }

    @Test func theSwitchAllowsEverything() throws {
        let open = EndpointPolicy(allowsPrivate: true, ownOrigin: nil)
        #expect(open.objection(to: try WebPushEndpoint("http://10.0.0.1:9000/x")) == nil)
    }

    @Test(arguments: [
        ("https://*.push.apple.com", "https://web.push.apple.com/x", true), ("https://*.push.apple.com", "https://a.b.push.apple.com/x", true),
        ("https://*.push.apple.com", "https://push.apple.com.evil.org/x", false), ("https://*.push.apple.com", "https://evilpush.apple.com/x", false),
        ("https://a.org", "https://A.org/x", true), ("https://a.org", "https://a.org:8443/x", false), ("*", "https://a.org/x", true),
        ("https://*.a.*.org", "https://x.a.y.org/x", true), ("https://*.a.*.org", "https://x.a.org/x", false),
    ])
    func onlyAllowedOriginsAreTaken(_ pattern: String, _ endpoint: String, _ isAllowed: Bool) throws {
        for allowsPrivate in [true, false] {
            let policy = EndpointPolicy(
                allowsPrivate: allowsPrivate, ownOrigin: nil, allowedOrigins: [OriginPattern("https://nobody.org"), OriginPattern(pattern)])
            #expect((policy.objection(to: try WebPushEndpoint(endpoint)) == nil) == isAllowed)
        }
    }
}
