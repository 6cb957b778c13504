import Testing

@testable import PushUserAgent

struct PushServiceAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", false, "127.0.0.1", 8080, "/", "127.0.0.1:8080"),
        ("ws://localhost/", false, "localhost", 80, "/", "localhost"),
        ("https://push.example.org/herald/?a=b", true, "push.example.org", 443, "/herald/?a=b", "push.example.org"),
        ("WSS://push.example.org:8443/p%20q", true, "push.example.org", 8443, "/p%20q", "push.example.org:8443"),
        ("http://[::1]:8080", false, "::1", 8080, "/", "[::1]:8080"),
    ])
    func anHTTPOrWebSocketURLIsAnAddress(
        url: String, isSecure: Bool, host: String, port: Int, path: String, hostHeader: String
    ) throws {
        let address = try PushServiceAddress(url)
        #expect(address.isSecure == isSecure)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.path == path)
        #expect(address.hostHeader == hostHeader)
    }

    @Test(arguments: ["", "localhost:8080", "ftp://example.org", "http://", "http:///x", "ws://exa mple"])
    func anythingElseIsNot(url: String) {
        #expect { try PushServiceAddress(url) } throws: { ($0 as? UserAgentError)?.code == .badAddress }
    }
}
