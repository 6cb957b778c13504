import CryptoExtras
import Foundation
import Testing

@testable import PushSimulators

struct HMSCoreTests {
    @Test func aGoodMessageIsAccepted() {
        var client = HMSClient()
        let verdict = client.send(client.core())
        #expect(verdict.reply.json["code"]?.string == "80000000")
        #expect(verdict.reply.json["requestId"]?.string?.isEmpty == false)
        #expect(verdict.targets == ["t1", "t2"])
        #expect(verdict.isAccepted)
    }

    @Test func version2IsAskedByProject() {
        var client = HMSClient()
        var request = client.core()
        request.path = "/v2/2002/messages:send"
        #expect(client.code(request) == "200 80000000")
        request.path = "/v2/1001/messages:send"
        #expect(client.code(request) == "200 80300002")
    }

    @Test func aServiceAccountMaySendToo() throws {
        var client = HMSClient()
        var request = client.core()
        request.set("authorization", "Bearer \(try HMSClient.signedToken())")
        #expect(client.code(request) == "200 80000000")
    }

    static let bents: [Bent<HMSClient>] = [
        Bent("another path", "404 80100001") { $0.path = "/v1/1001/messages" },
        Bent("GET", "404 80100001") { $0.method = "GET" },
        Bent("another app", "200 80300002") { $0.path = "/v1/1002/messages:send" },
        Bent("no token", "401 80200001") { $0.set("authorization", nil) },
        Bent("a made-up token", "401 80200001") { $0.set("authorization", "Bearer x") },
        Bent("text", "400 80100001") { $0.set("content-type", "text/plain") },
        Bent("no JSON", "400 80100001") { $0.bodyText = "{" },
        Bent("no message", "400 80300010") { $0.bodyText = "{}" },
    ]

    @Test(arguments: bents)
    func aBadRequestGetsHuaweisAnswer(_ bent: Bent<HMSClient>) {
        var client = HMSClient()
        var request = client.core()
        bent.bend(&request)
        #expect(client.code(request) == bent.expected)
    }

    @Test(arguments: [
        (#"{"data":"x"}"#, "80300010"), (#"{"token":[],"data":"x"}"#, "80300010"), (#"{"token":"t","data":"x"}"#, "80300010"),
        (#"{"token":[1],"data":"x"}"#, "80100001"), (#"{"token":["t"],"topic":"n","data":"x"}"#, "80100001"),
        (#"{"condition":"nonsense","data":"x"}"#, "80100001"), (#"{"token":["t"]}"#, "80100003"),
        (#"{"token":["t"],"data":{"a":1}}"#, "80100003"), (#"{"token":["t"],"data":"x","android":{"collapse_key":101}}"#, "80100013"),
        (#"{"token":["t"],"data":"x","android":{"ttl":86400}}"#, "80100004"),
        (#"{"token":["t"],"data":"x","android":{"ttl":"1296001s"}}"#, "80100004"),
        (#"{"token":["t"],"data":"x","android":{"urgency":"high"}}"#, "80100003"),
        (#"{"token":["t"],"notification":{"title":"a","body":"b"}}"#, "80100003"),
        (#"{"token":["t"],"notification":{"title":"a"},"android":{"notification":{"click_action":{"type":3}}}}"#, "80100003"),
        (#"{"token":["t"],"notification":{"title":"a","body":"b"},"android":{"notification":{"click_action":{"type":4}}}}"#, "80100003"),
        (#"{"token":["t"],"notification":{"title":"a","body":"b"},"android":{"notification":{"click_action":{"type":2,"url":"x"}}}}"#, "80100003"),
        (#"{"token":["t"],"notification":{"title":"a","body":"b"},"android":{"notification":{"click_action":{"type":3},"badge":{"add_num":100}}}}"#, "80100003"),
    ])
    func aWrongMessageHasItsCode(_ message: String, _ code: String) {
        var client = HMSClient()
        #expect(client.code(client.core(message)) == "400 \(code)")
    }

    @Test func aNotificationIsAccepted() {
        var client = HMSClient()
        #expect(client.code(client.core(HMSClient.shown)) == "200 80000000")
        #expect(client.code(client.core(#"{"condition":"'a' in topics","data":"x"}"#)) == "200 80000000")
    }

    @Test func thereAreAtMost1000TokensAndTheyDoNotCountAsBytes() {
        var client = HMSClient()
        func message(_ count: Int, _ bytes: Int) -> String {
            let tokens = (0..<count).map { #""token-of-some-length-\#($0)""# }.joined(separator: ",")
            return #"{"token":[\#(tokens)],"data":"\#(String(repeating: "x", count: bytes))"}"#
        }
        #expect(client.code(client.core(message(1000, 4000))) == "200 80000000")
        #expect(client.code(client.core(message(1001, 10))) == "400 80300010")
        #expect(client.code(client.core(message(1, 4200))) == "400 80300008")
    }

    @Test func anAccessTokenExpires() {
        var client = HMSClient()
        let request = client.core()
        client.now += 3600
        #expect(client.code(request) == "401 80200003")
    }

    @Test func theDeadAreListedAsTextInsideTheText() {
        var client = HMSClient()
        let verdict = client.send(client.core())
        let some = client.simulator.deathReply(dead: ["t2"], of: verdict, since: client.now, reason: nil).json
        #expect(some["code"]?.string == "80100000")
        #expect(some["msg"]?.string == #"{"success":1,"failure":1,"illegal_tokens":["t2"]}"#)
        let all = client.simulator.deathReply(dead: ["t1", "t2"], of: verdict, since: client.now, reason: nil).json
        #expect(all["code"]?.string == "80300007")
    }
}

struct HMSHarmonyTests {
    @Test func aGoodMessageIsAccepted() throws {
        var client = HMSClient()
        let verdict = client.send(try HMSClient.harmony())
        #expect(verdict.reply.json["code"]?.string == "80000000")
        let dead = client.simulator.deathReply(dead: ["t1"], of: verdict, since: client.now, reason: "noRight").json
        #expect(dead["msg"]?.string == #"{"success":0,"failure":1,"illegalTokens":{"noRight":["t1"]}}"#)
    }

    @Test func oauthIsRefused() throws {
        var client = HMSClient()
        let token = client.core().header("authorization")?.dropFirst(7) ?? ""
        #expect(client.code(try HMSClient.harmony(token: String(token))) == "401 80200001")
    }

    @Test func aBadSignedTokenIsRefused() throws {
        let bad: [(String, String)] = [
            ("RS256", try HMSClient.signedToken(alg: "RS256", padding: .insecurePKCS1v1_5)),
            ("RS256 called PS256", try HMSClient.signedToken(padding: .insecurePKCS1v1_5)),
            ("another key", try HMSClient.signedToken(by: Signing.otherRSAKey)), ("another key id", try HMSClient.signedToken(kid: "k2")),
            ("another account", try HMSClient.signedToken(iss: "9")), ("another audience", try HMSClient.signedToken(aud: "https://x")),
            ("too long a life", try HMSClient.signedToken(exp: 1_800_003_601)),
            ("of the future", try HMSClient.signedToken(iat: 1_800_000_100, exp: 1_800_000_200)),
        ]
        for (name, token) in bad {
            var client = HMSClient()
            let code = client.code(try HMSClient.harmony(token: token))
            #expect(code == "401 80200001", "\(name)")
        }
    }

    @Test func aSignedTokenExpires() throws {
        var client = HMSClient()
        let request = try HMSClient.harmony()
        client.now += 3599
        #expect(client.code(request) == "200 80000000")
        client.now += 1
        #expect(client.code(request) == "401 80200005")
    }

    @Test(arguments: [nil, "3", "alert"] as [String?])
    func aPushTypeIsNeeded(_ type: String?) throws {
        var client = HMSClient()
        var request = try HMSClient.harmony()
        request.set("push-type", type)
        #expect(client.code(request) == "400 80100001")
    }

    @Test(arguments: [
        (#"{"target":{"token":["t"]}}"#, "80100003"), (#"{"payload":{"notification":{}},"target":{"token":[]}}"#, "80300010"),
        (#"{"payload":{"notification":{"title":"a","body":"b","clickAction":{"actionType":0}}},"target":{"token":["t"]}}"#, "80100003"),
        (#"{"payload":{"notification":{"category":"IM","title":"a","body":"b"}},"target":{"token":["t"]}}"#, "80100003"),
        (#"{"payload":{"notification":\#(HMSClient.alert)},"target":{"token":["t"]},"pushOptions":{"ttl":"60s"}}"#, "80100004"),
        (#"{"payload":{"notification":\#(HMSClient.alert)},"target":{"token":["t"]},"pushOptions":{"ttl":0}}"#, "80100004"),
        (#"{"payload":{"notification":\#(HMSClient.alert)},"target":{"token":["t"]},"pushOptions":{"collapseKey":200}}"#, "80100013"),
    ])
    func aWrongMessageHasItsCode(_ body: String, _ code: String) throws {
        var client = HMSClient()
        #expect(client.code(try HMSClient.harmony(body)) == "400 \(code)")
    }
}

struct HMSOAuthTests {
    @Test func slashesComeEscaped() {
        var client = HMSClient()
        let reply = client.send(HMSClient.grant()).reply
        #expect(reply.status == 200)
        #expect(reply.text.contains("\\/"))
        #expect(reply.json["expires_in"]?.integer == 3600)
    }

    @Test(arguments: [
        "grant_type=password&client_id=1001&client_secret=s%2Fe%2Bc", "grant_type=client_credentials&client_id=abc&client_secret=x",
        "grant_type=client_credentials&client_id=1001&client_secret=wrong", "grant_type=client_credentials&client_id=1001",
        "grant_type=client_credentials&client_id=1001&client_secret=s/e+c",
    ])
    func aBadFormIsRefused(_ form: String) {
        var client = HMSClient()
        let reply = client.send(HMSClient.grant(form)).reply
        #expect(reply.status == 400)
        #expect(reply.json["error"]?.integer == 1101)
    }
}
