import Testing
import WNS

@Suite struct WNSChannelTests {
    @Test(arguments: [
        "https://db5p.notify.windows.com/?token=AgY%2bAAD%3d", "https://AM3P.Notify.Windows.Com/w/?token=x", "https://a.b.notify.windows.com/",
        "https://db5p.notify.windows.com?token=x",
    ])
    func microsoftsChannelsAreTakenAsTheyStand(_ uri: String) throws {
        #expect(try WNSChannel(uri).uri == uri)
    }

    @Test(arguments: [
        "http://db5p.notify.windows.com/?token=x", "https://notify.windows.com/", "https://.notify.windows.com/", "https://evil.com/",
        "https://evil.com/.notify.windows.com", "https://evil.com?.notify.windows.com/", "https://evilnotify.windows.com/",
        "https://db5p.notify.windows.com@evil.com/", "https://db5p.notify.windows.com:pw@evil.com/", "https://evil.com#.notify.windows.com/",
        "https://evil.com\\.notify.windows.com/", "https://db5p.notify.windows.com.evil.com/", "https://evil.com%2f.notify.windows.com/",
        "https://db5p.notify.windows.com:8443/", "https://evil.com\t.notify.windows.com/", "https://evil.com .notify.windows.com/",
        "https://evil.com\n.notify.windows.com/", "https://[::1].notify.windows.com/", "https://еvil.notify.windows.com/", "//x.notify.windows.com/",
        "ftp://x.notify.windows.com/", "", "https://", "x.notify.windows.com", "https://db5p.notify.windows.com./", "HTTPS://db5p.notify.windows.com/",
        "https:///db5p.notify.windows.com/", "https://db5p.notify.windows.com\u{0}.evil.com/",
    ])
    func nobodyElseGetsTheAccessToken(_ uri: String) {
        #expect { try WNSChannel(uri) } throws: { ($0 as? WNSError)?.code == .channelRefused }
    }

    @Test func theOperatorMayTrustOneOriginMore() throws {
        let origin = "http://localhost:9001"
        for uri in ["http://localhost:9001/?token=a", "http://localhost:9001?token=a", "http://localhost:9001", "https://x.notify.windows.com/"] {
            #expect(try WNSChannel(uri, trustedOrigin: origin).uri == uri)
        }
        for uri in ["http://localhost:90011/", "http://localhost:9001@evil.com/", "http://localhost:9001.evil.com/", "http://localhost/", "http://localhost:9001#/"] {
            #expect(throws: WNSError.self, "\(uri)") { try WNSChannel(uri, trustedOrigin: origin) }
        }
    }
}
