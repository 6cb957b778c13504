import Testing

@testable import AddressRule

@Suite struct HTTPOriginTests {
    @Test(arguments: [
        ("https://push.example.com/wpush/v2/abc", "push.example.com", 443, 24), ("https://a.b:8443/x", "a.b", 8443, 16),
        ("http://h", "h", 80, 8), ("HTTPS://Push.Example.COM/", "push.example.com", 443, 24), ("https://h?q", "h", 443, 9),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, 29), ("https://my_host.local/", "my_host.local", 443, 21),
        ("https://8.8.8.8/", "8.8.8.8", 443, 15), ("https://[2001:DB8::1]:444/", "2001:db8::1", 444, 25),
        ("https://1.example/", "1.example", 443, 17), ("https://0xcafe.example/", "0xcafe.example", 443, 22),
    ])
    func whatIsAURLIsRead(_ url: String, _ host: String, _ port: Int, _ length: Int) throws {
        let (origin, end) = try HTTPOrigin.parse(url)
        #expect(origin.host == host)
        #expect(origin.port == port)
        #expect(end == length)
        #expect(origin.isSecure == url.lowercased().hasPrefix("https"))
    }

    @Test(arguments: Hostile.malformed) func whatCouldBeReadInTwoWaysIsNotRead(_ url: String) {
        #expect(throws: InvalidURL.self) { try HTTPOrigin.parse(url) }
    }

    @Test(arguments: Hostile.literals) func addressesInsteadOfNamesAreForbidden(_ url: String) throws {
        let origin = try HTTPOrigin.parse(url).origin
        #expect(origin.literalAddress != nil)
        #expect(throws: ForbiddenAddress.self) { try AllowedAddresses.publicOnly(ownPort: 8080).check(origin) }
        #expect(throws: Never.self) { try AllowedAddresses.any.check(origin) }
    }

    @Test(arguments: ["http://push.example.com/", "http://localhost/", "http://localhost:8081/"])
    func plainHTTPIsForbidden(_ url: String) throws {
        let origin = try HTTPOrigin.parse(url).origin
        #expect(throws: ForbiddenAddress.self) { try AllowedAddresses.publicOnly(ownPort: 8080).check(origin) }
    }

    @Test(arguments: ["http://localhost:8080/", "http://127.0.0.1:8080/wpush", "https://[::1]:8080/"])
    func ourOwnPortOnLoopbackIsTheException(_ url: String) throws {
        let origin = try HTTPOrigin.parse(url).origin
        #expect(throws: Never.self) { try AllowedAddresses.publicOnly(ownPort: 8080).check(origin) }
    }
}
