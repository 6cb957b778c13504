import Foundation
import Testing

@testable import PushSimulators

struct FCMMessageTests {
    @Test func aGoodMessageIsAccepted() throws {
        var client = FCMClient()
        let verdict = client.send(try client.request())
        #expect(verdict.reply.status == 200)
        #expect(verdict.reply.json["name"]?.string?.hasPrefix("projects/demo/messages/0:") == true)
        #expect(verdict.targets == ["abc:DEF_1-2"])
    }

    @Test func aDryRunGetsAFakeID() throws {
        var client = FCMClient()
        var request = try client.request()
        request.bodyText = #"{"validate_only":true,"message":{"token":"a"}}"#
        #expect(client.send(request).reply.json["name"]?.string == "projects/demo/messages/fake_message_id")
    }

    static let bents: [Bent<FCMClient>] = [
        Bent("no token", "401 UNAUTHENTICATED") { $0.set("authorization", nil) },
        Bent("an unknown token", "401 UNAUTHENTICATED") { $0.set("authorization", "Bearer made-up") },
        Bent("a token without Bearer", "401 UNAUTHENTICATED") { $0.set("authorization", "key=abc") },
        Bent("another project", "403 PERMISSION_DENIED") { $0.path = "/v1/projects/other/messages:send" },
        Bent("another path", "404 NOT_FOUND") { $0.path = "/fcm/send" },
        Bent("GET", "404 NOT_FOUND") { $0.method = "GET" },
        Bent("a form", "400 INVALID_ARGUMENT") { $0.set("content-type", "text/plain") },
        Bent("no JSON", "400 INVALID_ARGUMENT") { $0.bodyText = "{" },
        Bent("no message", "400 INVALID_ARGUMENT INVALID_ARGUMENT") { $0.bodyText = "{}" },
    ]

    @Test(arguments: bents)
    func aBadRequestGetsGooglesAnswer(_ bent: Bent<FCMClient>) throws {
        var client = FCMClient()
        var request = try client.request()
        bent.bend(&request)
        #expect(client.outcome(request) == bent.expected)
    }

    @Test func aTokenExpires() throws {
        var client = FCMClient()
        let request = try client.request()
        client.now += Double(FCMSimulator.usualLifetimeSeconds)
        #expect(client.outcome(request) == "401 UNAUTHENTICATED")
    }

    /// Wrong by its shape: FCM itself never sees it.
    @Test(arguments: [
        (#"{"tokn":"a"}"#, "Unknown name \"tokn\" at 'message'"),
        (#"{"token":"a","android":{"notification":{"titel":"x"}}}"#, "Unknown name \"titel\" at 'message.android.notification'"),
        (#"{"token":1}"#, "'message.token' (TYPE_STRING)"),
        (#"{"token":"a","data":{"n":1}}"#, "'message.data[n]' (TYPE_STRING)"),
        (#"{"token":"a","data":{"n":true}}"#, "'message.data[n]' (TYPE_STRING)"),
        (#"{"token":"a","data":"x"}"#, "'message.data' (Map)"),
        (#"{"token":"a","android":{"ttl":60}}"#, "'message.android.ttl' (type.googleapis.com/google.protobuf.Duration)"),
        (#"{"token":"a","android":{"ttl":"60"}}"#, "Duration"),
        (#"{"token":"a","android":{"priority":"urgent"}}"#, "'message.android.priority' (TYPE_ENUM)"),
        (#"{"token":"a","android":{"notification":{"notification_priority":"HIGH"}}}"#, "TYPE_ENUM"),
        (#"{"token":"a","android":{"notification":{"notification_count":1.5}}}"#, "TYPE_INT32"),
        (#"{"token":"a","android":{"notification":{"body_loc_args":["a",1]}}}"#, "body_loc_args[1]"),
        (#"{"token":"a","apns":{"headers":{"apns-priority":5}}}"#, "'message.apns.headers[apns-priority]' (TYPE_STRING)"),
        (#"{"token":"a","apns":{"payload":[]}}"#, "Struct"),
        (#"{"token":"a","webpush":{"notification":"x"}}"#, "Struct"),
        (#"{"token":"a","android":{"direct_boot_ok":"true"}}"#, "TYPE_BOOL"),
    ])
    func aWrongShapeIsNamed(_ message: String, _ words: String) throws {
        var client = FCMClient()
        let reply = client.send(try client.request(message)).reply
        #expect(reply.status == 400)
        #expect(reply.json["error"]?["message"]?.string?.contains(words) == true, "\(reply.text)")
        #expect(!reply.text.contains("FcmError"))
        #expect(reply.text.contains("google.rpc.BadRequest"))
    }

    /// Right by its shape, wrong by its contents.
    @Test(arguments: [
        #"{}"#, #"{"token":"a","topic":"b"}"#, #"{"token":"a b"}"#, #"{"token":""}"#, #"{"topic":"/topics/x"}"#, #"{"topic":"a b"}"#,
        #"{"condition":"'a' in topic"}"#, #"{"condition":"'a' in topics &&"}"#,
        #"{"condition":"'a' in topics || 'b' in topics || 'c' in topics || 'd' in topics || 'e' in topics || 'f' in topics"}"#,
        #"{"token":"a","data":{"from":"x"}}"#, #"{"token":"a","data":{"message_type":"x"}}"#, #"{"token":"a","data":{"google.x":"x"}}"#,
        #"{"token":"a","data":{"gcm_x":"x"}}"#, #"{"token":"a","android":{"data":{"notification":"x"}}}"#,
        #"{"token":"a","android":{"ttl":"2419201s"}}"#, #"{"token":"a","android":{"ttl":"-1s"}}"#,
        #"{"token":"a","android":{"notification":{"color":"red"}}}"#, #"{"token":"a","fcm_options":{"analytics_label":"a b"}}"#,
        #"{"token":"a","webpush":{"fcm_options":{"link":"http://example.com"}}}"#,
    ])
    func aWrongContentIsFCMsRefusal(_ message: String) throws {
        var client = FCMClient()
        #expect(client.outcome(try client.request(message)) == "400 INVALID_ARGUMENT INVALID_ARGUMENT")
    }

    @Test(arguments: [
        #"{"fid":"c1d2"}"#, #"{"topic":"news~1%20"}"#, #"{"condition":"'a' in topics && ('b' in topics || !('c' in topics))"}"#,
        #"{"token":"a","android":{"ttl":"3.5s","collapseKey":"k","notification":{"titleLocKey":"t","notificationCount":"3"}}}"#,
        #"{"token":"a","data":{"collapse_key":"x","k":""},"android":null}"#,
        #"{"token":"a","apns":{"headers":{"apns-priority":"5"},"payload":{"aps":{"badge":1}},"live_activity_token":"x"}}"#,
        #"{"token":"a","webpush":{"headers":{"TTL":"1"},"notification":{"any":[1]},"fcm_options":{"link":"https://example.com"}}}"#,
        #"{"token":"a","android":{"notification":{"light_settings":{"color":{"red":1,"alpha":0.5},"light_on_duration":"1s"}}}}"#,
    ])
    func whatGooglePermitsIsAccepted(_ message: String) throws {
        var client = FCMClient()
        #expect(client.outcome(try client.request(message)) == "200")
    }

    @Test func payloadsHaveALimitInBytes() throws {
        var client = FCMClient()
        func message(_ target: String, _ bytes: Int) -> String {
            #"{"\#(target)":"a","data":{"k":"\#(String(repeating: "é", count: (bytes - 1) / 2))"}}"#
        }
        #expect(client.outcome(try client.request(message("token", 4095))) == "200")
        #expect(client.outcome(try client.request(message("token", 4099))) == "400 INVALID_ARGUMENT INVALID_ARGUMENT")
        #expect(client.outcome(try client.request(message("topic", 2047))) == "200")
        #expect(client.outcome(try client.request(message("topic", 2051))) == "400 INVALID_ARGUMENT INVALID_ARGUMENT")
    }
}
