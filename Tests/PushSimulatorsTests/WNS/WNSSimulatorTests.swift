import Foundation
import Testing

@testable import PushSimulators

struct WNSClient {
    static let form = "grant_type=client_credentials&client_id=c1&client_secret=s1&scope=https%3A%2F%2Fwns.windows.com%2F.default"

    var simulator = WNSSimulator(account: .init(tenantID: "t1", clientID: "c1", packageSID: "ms-app://p1", clientSecret: "s1"))
    var connection = ConnectionMemory(streamLimit: 100)
    var now = Date(timeIntervalSince1970: 1_800_000_000)

    static func grant(_ form: String = form, path: String = "/t1/oauth2/v2.0/token") -> SimulatorRequest {
        SimulatorRequest(path: path, headers: [("content-type", "application/x-www-form-urlencoded")], body: Array(form.utf8))
    }

    mutating func send(_ request: SimulatorRequest) -> Verdict { simulator.judge(request, on: &connection, now: now) }

    mutating func request(_ body: String = "<toast><visual/></toast>") -> SimulatorRequest {
        let token = send(Self.grant()).reply.json["access_token"]?.string ?? "none"
        return SimulatorRequest(
            path: "/?token=AwY%2fx%3d",
            headers: [("authorization", "Bearer \(token)"), ("content-type", "text/xml; charset=utf-8"), ("x-wns-type", "wns/toast")],
            body: Array(body.utf8))
    }
}

struct WNSSimulatorTests {
    @Test func aGoodToastIsReceived() {
        var client = WNSClient()
        var request = client.request()
        request.set("x-wns-requestforstatus", "true")
        request.set("ms-cv", "abc.1")
        let verdict = client.send(request)
        #expect(verdict.reply.status == 200)
        #expect(verdict.reply.header("x-wns-status") == "received")
        #expect(verdict.reply.header("x-wns-deviceconnectionstatus") == "connected")
        #expect(verdict.reply.header("ms-cv") == "abc.1")
        #expect(verdict.targets == ["AwY%2fx%3d"])
    }

    static let bents: [Bent<WNSClient>] = [
        Bent("another path", "404") { $0.path = "/push?token=x" },
        Bent("no channel", "404") { $0.path = "/?token=" },
        Bent("GET", "405") { $0.method = "GET" },
        Bent("no token", "401") { $0.set("authorization", nil) },
        Bent("a made-up token", "401") { $0.set("authorization", "Bearer x") },
        Bent("no type", "400") { $0.set("x-wns-type", nil) },
        Bent("an unknown type", "400") { $0.set("x-wns-type", "wns/flash") },
        Bent("a type twice", "400") { $0.add("x-wns-type", "wns/toast") },
        Bent("a content type that doesn't fit", "400") { $0.set("content-type", "application/octet-stream") },
        Bent("raw as text", "400") { $0.set("x-wns-type", "wns/raw") },
        Bent("no length", "411") { $0.set("transfer-encoding", "chunked") },
        Bent("a cache policy", "400") { $0.set("x-wns-cache-policy", "maybe") },
        Bent("a TTL", "400") { $0.set("x-wns-ttl", "soon") },
        Bent("a tag of 17", "400") { $0.set("x-wns-tag", "abcdefghijklmnopq") },
        Bent("a tag with a dash", "400") { $0.set("x-wns-tag", "a-b") },
        Bent("a status request", "400") { $0.set("x-wns-requestforstatus", "yes") },
        Bent("nothing", "400") { $0.body = [] },
        Bent("broken XML", "400") { $0.bodyText = "<toast>" },
        Bent("text", "400") { $0.bodyText = "hello" },
        Bent("another root", "400") { $0.bodyText = "<tile/>" },
        Bent("an ampersand", "400") { $0.bodyText = "<toast>a & b</toast>" },
        Bent("5001 bytes", "413") { $0.bodyText = "<toast>" + String(repeating: "x", count: 4986) + "</toast>" },
    ]

    @Test(arguments: bents)
    func aViolationGetsMicrosoftsAnswer(_ bent: Bent<WNSClient>) {
        var client = WNSClient()
        var request = client.request()
        bent.bend(&request)
        let reply = client.send(request).reply
        #expect("\(reply.status)" == bent.expected)
        #expect(reply.body.isEmpty)
        #expect(reply.header("x-wns-error-description")?.isEmpty == false)
    }

    static let goodOnes: [Bent<WNSClient>] = [
        Bent("5000 bytes", "200") { $0.bodyText = "<toast>" + String(repeating: "x", count: 4985) + "</toast>" },
        Bent("a declaration and escapes", "200") { $0.bodyText = "<?xml version=\"1.0\"?>\n<toast a='1' b=\"&lt;\">&#x41;&amp;<!-- c --></toast>\n" },
        Bent("a badge", "200") {
            $0.set("x-wns-type", "wns/badge")
            $0.bodyText = #"<badge value="3"/>"#
        },
        Bent("raw bytes", "200") {
            $0.set("x-wns-type", "wns/raw")
            $0.set("content-type", "application/octet-stream")
            $0.body = [0, 255]
        },
        Bent("options", "200") {
            $0.set("x-wns-ttl", "60")
            $0.set("x-wns-tag", "abcdefghijklmnop")
            $0.set("x-wns-cache-policy", "no-cache")
        },
    ]

    @Test(arguments: goodOnes)
    func whatMicrosoftPermitsIsReceived(_ good: Bent<WNSClient>) {
        var client = WNSClient()
        var request = client.request()
        good.bend(&request)
        #expect("\(client.send(request).reply.status)" == good.expected)
    }

    @Test func aTokenExpires() {
        var client = WNSClient()
        let request = client.request()
        client.now += 86_399
        #expect(client.send(request).reply.status == 401)
    }

    @Test func faultsHaveTheFormOfWNS() {
        var client = WNSClient()
        #expect(client.simulator.refusal(status: 200, reason: "channelthrottled").header("x-wns-status") == "channelthrottled")
        let verdict = client.send(client.request())
        #expect(client.simulator.deathReply(dead: [], of: verdict, since: client.now, reason: nil).status == 410)
    }

    @Test(arguments: [
        (WNSClient.form, "/t2/oauth2/v2.0/token", "400 invalid_request"),
        ("client_id=c1", "/t1/oauth2/v2.0/token", "400 unsupported_grant_type"),
        (WNSClient.form.replacingOccurrences(of: "c1", with: "c2"), "/t1/oauth2/v2.0/token", "400 unauthorized_client"),
        (WNSClient.form.replacingOccurrences(of: "s1", with: "s2"), "/t1/oauth2/v2.0/token", "401 invalid_client"),
        (WNSClient.form.replacingOccurrences(of: ".default", with: "x"), "/t1/oauth2/v2.0/token", "400 invalid_scope"),
        (WNSClient.form, "/t1/oauth2/v2.0/token", "200 "),
        (WNSClient.form + "%2F", "/t1/oauth2/v2.0/token", "200 "),
        ("grant_type=client_credentials&client_id=ms-app%3A%2F%2Fp1&client_secret=s1&scope=notify.windows.com", "/accesstoken.srf", "200 "),
        ("grant_type=client_credentials&client_id=c1&client_secret=s1&scope=notify.windows.com", "/accesstoken.srf", "400 invalid_client"),
    ])
    func tokensAreGivenToWhoeverMayHaveThem(_ form: String, _ path: String, _ expected: String) {
        var client = WNSClient()
        let reply = client.send(WNSClient.grant(form, path: path)).reply
        #expect("\(reply.status) \(reply.json["error"]?.string ?? "")" == expected)
    }
}

struct XMLScannerTests {
    @Test(arguments: [
        "<a/>", "<a></a>", "<a b='1' c=\"2\"/>", "<a><b>x</b><b/></a>", "<a><![CDATA[<&]]></a>", "<?xml version='1.0'?><!-- x --><a/> ", "<a >x</a >",
    ])
    func wellFormed(_ text: String) { #expect(XMLScanner.root(of: Array(text.utf8)) == "a") }

    @Test(arguments: [
        "", "x", "<a>", "<a></b>", "<a><b></a></b>", "<a b/>", "<a b=1/>", "<a b='1' b='2'/>", "<a b='1'c='2'/>", "<a b='<'/>", "<a>&x;</a>", "<a>&amp</a>",
        "<a/><b/>", "<a>\u{1}</a>", "<!DOCTYPE a><a/>", "<1/>", "<a><!-- </a>", "<a>&#0;</a>",
    ])
    func notWellFormed(_ text: String) { #expect(XMLScanner.root(of: Array(text.utf8)) == nil) }
}
