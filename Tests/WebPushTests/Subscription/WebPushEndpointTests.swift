import Testing
import WebPush

@Suite struct WebPushEndpointTests {
    @Test(arguments: [
        ("https://fcm.googleapis.com/fcm/send/abc:DEF_-", "https://fcm.googleapis.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=BQ%2b%2fa%3d%3d", "https://wns2-par02p.notify.windows.com"),
        ("HTTPS://Push.Example.NET:443/x", "https://push.example.net"),
        ("http://localhost:8080/wpush/v2/x", "http://localhost:8080"),
        ("http://localhost:80", "http://localhost"),
        ("https://push.example.net:80/x", "https://push.example.net:80"),
        ("https://[2001:DB8::1]:8443?x", "https://[2001:db8::1]:8443"),
        ("https://192.0.2.7/x?a=b@c:d", "https://192.0.2.7"),
    ])
    func theOriginIsWhatVAPIDWants(_ url: String, _ origin: String) throws {
        let endpoint = try WebPushEndpoint(url)
        #expect(endpoint.origin == origin)
        #expect(endpoint.url == url)
    }

    @Test func thePartsAreInLowerCase() throws {
        let endpoint = try WebPushEndpoint("HTTP://Push.Example.NET:8080/A")
        #expect((endpoint.scheme, endpoint.host, endpoint.port) == ("http", "push.example.net", 8080))
        #expect(try WebPushEndpoint("https://push.example.net/").port == nil)
    }

    @Test(arguments: [
        "", "push.example.net/x", "ftp://push.example.net", "https:/push.example.net", "https://", "https:///x", "https://:443/x",
        "https://user@push.example.net/x", "https://user:secret@push.example.net/x", "https://push.example.net/x#y",
        "https://push.example.net:0/", "https://push.example.net:65536/", "https://push.example.net:/", "https://push.example.net:+80/",
        "https://push.example.net:8a/", "https://[::1/x", "https://[]/x", "https://[::1]x/", "https://push example.net/x",
        "https://push.example.net/a b", "https://push.example.net/ä", "https://püsh.example.net/", "https://push.example.net\\@x/",
        "https://push.example.net/\n", "https://push%2eexample.net/", " https://push.example.net/", "javascript://x/",
    ])
    func whatIsNoEndpointIsRefused(_ url: String) {
        #expect(refusal { try WebPushEndpoint(url) } == .endpointInvalid)
    }

    @Test func itHasAtMost2048Bytes() throws {
        let start = "https://push.example.net/"
        let longest = start + String(repeating: "x", count: 2048 - start.utf8.count)
        #expect(try WebPushEndpoint(longest).url == longest)
        #expect(refusal { try WebPushEndpoint(longest + "x") } == .endpointInvalid)
    }
}
