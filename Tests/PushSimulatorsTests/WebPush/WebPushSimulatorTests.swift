import Crypto
import Foundation
import JWS
import Testing

@testable import PushSimulators

struct WebPushClient {
    static let origin = "https://localhost:8456"
    static let claims = #"{"aud":"https://localhost:8456","exp":1800040000,"sub":"mailto:a@example.com"}"#

    var simulator = WebPushSimulator(origin: origin)
    var connection = ConnectionMemory(streamLimit: 100)
    var now = Date(timeIntervalSince1970: 1_800_000_000)

    static func authorization(_ claims: String = claims, header: String = #"{"typ":"JWT","alg":"ES256"}"#, key: P256.Signing.PrivateKey = Signing.ecKey)
        throws -> String
    {
        let k = Base64URL.encode(Signing.ecKey.publicKey.x963Representation)
        return "vapid t=\(try Signing.es256(header, claims, by: key)), k=\(k)"
    }

    /// A header of `aes128gcm` and a record of so many bytes.
    static func content(record: Int, recordSize: Int = 4096, key: [UInt8]? = nil) -> [UInt8] {
        let keyID = key ?? Array(P256.KeyAgreement.PrivateKey().publicKey.x963Representation)
        let size = (0..<4).map { UInt8(truncatingIfNeeded: recordSize >> (24 - 8 * $0)) }
        return Array(repeating: 7, count: 16) + size + [UInt8(keyID.count)] + keyID + Array(repeating: 9, count: record)
    }

    static func request() throws -> SimulatorRequest {
        SimulatorRequest(
            path: "/push/abc", headers: [("authorization", try authorization()), ("ttl", "60"), ("content-encoding", "aes128gcm")],
            body: content(record: 40))
    }

    mutating func send(_ request: SimulatorRequest) -> SimulatorReply { simulator.judge(request, on: &connection, now: now).reply }

    mutating func reason(_ request: SimulatorRequest) -> String {
        let reply = send(request)
        return "\(reply.status) \(reply.json["reason"]?.string ?? "")"
    }
}

struct WebPushSimulatorTests {
    @Test func aGoodMessageIsCreated() throws {
        var client = WebPushClient()
        let reply = client.send(try WebPushClient.request())
        #expect(reply.status == 201)
        #expect(reply.header("ttl") == "60")
        let location = reply.header("location") ?? ""
        #expect(location.hasPrefix("https://localhost:8456/m/"))
        #expect(client.send(SimulatorRequest(method: "DELETE", path: String(location.dropFirst(22)))).status == 204)
    }

    @Test func aLongTTLIsCut() throws {
        var client = WebPushClient()
        var request = try WebPushClient.request()
        request.set("ttl", "99999999999999999999")
        #expect(client.send(request).header("ttl") == "2592000")
    }

    static let bents: [Bent<WebPushClient>] = [
        Bent("another path", "404 UnknownSubscription") { $0.path = "/wpush/abc" },
        Bent("GET", "405 MethodNotAllowed") { $0.method = "GET" },
        Bent("no authorization", "401 MissingAuthorization") { $0.set("authorization", nil) },
        Bent("another scheme", "401 MissingAuthorization") { $0.set("authorization", "WebPush x") },
        Bent("nonsense", "403 BadJwtToken") { $0.set("authorization", "vapid t=a.b.c, k=x") },
        Bent("no TTL", "400 MissingTTL") { $0.set("ttl", nil) },
        Bent("a negative TTL", "400 BadTTL") { $0.set("ttl", "-1") },
        Bent("a TTL twice", "400 DuplicateHeaders") { $0.add("ttl", "1") },
        Bent("an urgency", "400 BadUrgency") { $0.set("urgency", "urgent") },
        Bent("two urgencies", "400 DuplicateHeaders") {
            $0.add("urgency", "low")
            $0.add("urgency", "high")
        },
        Bent("a topic of 33", "400 BadTopic") { $0.set("topic", String(repeating: "a", count: 33)) },
        Bent("a topic with a dot", "400 BadTopic") { $0.set("topic", "a.b") },
        Bent("no encoding", "400 BadContentEncoding") { $0.set("content-encoding", nil) },
        Bent("the draft's encoding", "400 BadContentEncoding") { $0.set("content-encoding", "aesgcm") },
        Bent("no header", "400 BadEncryptedContent") { $0.body = [1, 2, 3] },
        Bent("a record size of 17", "400 BadEncryptedContent") { $0.body = WebPushClient.content(record: 17, recordSize: 17) },
        Bent("a key off the curve", "400 BadEncryptedContent") { $0.body = WebPushClient.content(record: 40, key: [4] + Array(repeating: 1, count: 64)) },
        Bent("a short key", "400 BadEncryptedContent") { $0.body = WebPushClient.content(record: 40, key: [1]) },
        Bent("the VAPID key", "400 BadEncryptedContent") {
            $0.body = WebPushClient.content(record: 40, key: Array(Signing.ecKey.publicKey.x963Representation))
        },
        Bent("no room for a tag", "400 BadEncryptedContent") { $0.body = WebPushClient.content(record: 16) },
        Bent("two records", "400 BadEncryptedContent") { $0.body = WebPushClient.content(record: 200, recordSize: 100) },
        Bent("4097 bytes", "413 PayloadTooLarge") { $0.body = WebPushClient.content(record: 4011) },
    ]

    @Test(arguments: bents)
    func aViolationHasItsAnswer(_ bent: Bent<WebPushClient>) throws {
        var client = WebPushClient()
        var request = try WebPushClient.request()
        bent.bend(&request)
        #expect(client.reason(request) == bent.expected)
    }

    @Test func whatTheRFCPermitsIsCreated() throws {
        var client = WebPushClient()
        var request = try WebPushClient.request()
        request.set("urgency", "very-low")
        request.set("topic", "abcdefghijklmnopqrstuvwxyzABCD-_")
        request.body = WebPushClient.content(record: 4010)
        #expect(client.reason(request) == "201 ")
        request.body = []
        request.set("content-encoding", nil)
        request.set("ttl", "0")
        #expect(client.reason(request) == "201 ")
    }

    @Test func aBadTokenIsForbidden() throws {
        let bad = [
            try WebPushClient.authorization(key: Signing.otherECKey),
            try WebPushClient.authorization(#"{"aud":"https://localhost:1","exp":1800040000}"#),
            try WebPushClient.authorization(#"{"aud":"https://localhost:8456/","exp":1800040000}"#),
            try WebPushClient.authorization(#"{"aud":"https://localhost:8456","exp":1800086500}"#),
            try WebPushClient.authorization(#"{"aud":"https://localhost:8456","exp":1799999999}"#),
            try WebPushClient.authorization(#"{"aud":"https://localhost:8456"}"#),
            try WebPushClient.authorization(header: #"{"alg":"none"}"#),
        ]
        for authorization in bad {
            var client = WebPushClient()
            var request = try WebPushClient.request()
            request.set("authorization", authorization)
            let reason = client.reason(request)
            #expect(reason == "403 BadJwtToken", "\(authorization)")
        }
    }

    @Test func aTokenThatWasGoodExpires() throws {
        var client = WebPushClient()
        let request = try WebPushClient.request()
        #expect(client.reason(request) == "201 ")
        client.now += 40_001
        #expect(client.reason(request) == "403 BadJwtToken")
    }
}
