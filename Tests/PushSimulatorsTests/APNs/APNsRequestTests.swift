import Foundation
import Testing

@testable import PushSimulators

struct APNsRequestTests {
    typealias Case = Bent<APNsClient>

    @Test func aGoodPushIsAcceptedAndItsIDEchoed() throws {
        var client = APNsClient()
        let verdict = client.send(try APNsClient.request())
        #expect(verdict.reply.status == 200)
        #expect(verdict.reply.body.isEmpty)
        #expect(verdict.reply.header("apns-id") == "123e4567-e89b-12d3-a456-426614174000")
        #expect(verdict.reply.header("apns-unique-id") == nil)
        #expect(verdict.targets == [APNsClient.deviceToken])
    }

    @Test func anIDIsMadeWhereNoneIsGiven() throws {
        var client = APNsClient()
        var request = try APNsClient.request()
        request.set("apns-id", nil)
        let ids = [client.send(request), client.send(request)].map { $0.reply.header("apns-id") ?? "" }
        #expect(ids.allSatisfy(APNsVocabulary.isUUID))
        #expect(ids[0] != ids[1])
    }

    @Test func theSandboxNamesPushesForTheConsole() throws {
        var client = APNsClient(environment: "sandbox")
        #expect(client.send(try APNsClient.request()).reply.header("apns-unique-id") != nil)
    }

    static let violations = [
        Case("another path", "404 BadPath") { $0.path = "/2/device/abcd" },
        Case("a deeper path", "404 BadPath") { $0.path += "/more" },
        Case("a longer word", "404 BadPath") { $0.path = "/3/devices/abcd" },
        Case("GET", "405 MethodNotAllowed") { $0.method = "GET" },
        Case("no device token", "400 MissingDeviceToken") { $0.path = "/3/device/" },
        Case("no slash", "400 MissingDeviceToken") { $0.path = "/3/device" },
        Case("an odd number of digits", "400 BadDeviceToken") { $0.path = "/3/device/abc" },
        Case("no hex", "400 BadDeviceToken") { $0.path = "/3/device/zz" },
        Case("a very long device token", "400 BadDeviceToken") { $0.path = "/3/device/" + String(repeating: "a", count: 1026) },
        Case("topic twice", "400 DuplicateHeaders") { $0.add("apns-topic", "com.example.app") },
        Case("authorization twice", "400 DuplicateHeaders") { $0.add("authorization", "bearer x") },
        Case("no authorization", "403 MissingProviderToken") { $0.set("authorization", nil) },
        Case("an id that is no UUID", "400 BadMessageId") { $0.set("apns-id", "42") },
        Case("an id without dashes", "400 BadMessageId") { $0.set("apns-id", "123e4567e89b12d3a456426614174000aaaa") },
        Case("an unknown push type", "400 InvalidPushType") { $0.set("apns-push-type", "shout") },
        Case("no topic", "400 MissingTopic") { $0.set("apns-topic", nil) },
        Case("a topic with a space", "400 BadTopic") { $0.set("apns-topic", "com.example app") },
        Case("somebody else's topic", "400 TopicDisallowed") { $0.set("apns-topic", "com.example.other") },
        Case("a suffix that the type doesn't have", "400 TopicDisallowed") { $0.set("apns-topic", "com.example.app.voip") },
        Case("a type whose suffix is missing", "400 TopicDisallowed") { $0.set("apns-push-type", "liveactivity") },
        Case("an unknown priority", "400 BadPriority") { $0.set("apns-priority", "7") },
        Case("background at once", "400 BadPriority") { $0.set("apns-push-type", "background") },
        Case("an expiration that is a date", "400 BadExpirationDate") { $0.set("apns-expiration", "tomorrow") },
        Case("a negative expiration", "400 BadExpirationDate") { $0.set("apns-expiration", "-1") },
        Case("a collapse id of 65 bytes", "400 BadCollapseId") { $0.set("apns-collapse-id", String(repeating: "x", count: 65)) },
        Case("a collapse id of 64 characters and more bytes", "400 BadCollapseId") {
            $0.set("apns-collapse-id", String(repeating: "é", count: 33))
        },
        Case("no payload", "400 PayloadEmpty") { $0.body = [] },
        Case("a payload that is no JSON", "400 PayloadEmpty") { $0.bodyText = "hello" },
        Case("a payload that is a list", "400 PayloadEmpty") { $0.bodyText = "[1]" },
        Case("a payload of 4097 bytes", "413 PayloadTooLarge") { $0.bodyText = padded(4097) },
        Case("a call of 5121 bytes", "413 PayloadTooLarge") {
            $0.set("apns-push-type", "voip")
            $0.set("apns-topic", "com.example.app.voip")
            $0.bodyText = padded(5121)
        },
    ]

    @Test(arguments: violations)
    func aViolationGetsApplesAnswer(_ violation: Case) throws {
        var client = APNsClient()
        var request = try APNsClient.request()
        violation.bend(&request)
        #expect(client.reason(request) == violation.expected)
    }

    static let goodOnes = [
        Case("a collapse id of 64 bytes", "200 ") { $0.set("apns-collapse-id", String(repeating: "x", count: 64)) },
        Case("4096 bytes", "200 ") { $0.bodyText = padded(4096) },
        Case("no push type", "200 ") { $0.set("apns-push-type", nil) },
        Case("an id in capitals", "200 ") { $0.set("apns-id", "123E4567-E89B-12D3-A456-426614174000") },
        Case("background with regard to power", "200 ") {
            $0.set("apns-push-type", "background")
            $0.set("apns-priority", "5")
        },
        Case("a call of 5120 bytes", "200 ") {
            $0.set("apns-push-type", "voip")
            $0.set("apns-topic", "com.example.app.voip")
            $0.bodyText = padded(5120)
        },
        Case("a Live Activity", "200 ") {
            $0.set("apns-push-type", "liveactivity")
            $0.set("apns-topic", "com.example.app.push-type.liveactivity")
        },
        Case("a Live Activity's long device token", "200 ") { $0.path = "/3/device/" + String(repeating: "0f", count: 90) },
    ]

    @Test(arguments: goodOnes)
    func whatApplePermitsIsAccepted(_ good: Case) throws {
        var client = APNsClient()
        var request = try APNsClient.request()
        good.bend(&request)
        #expect(client.reason(request) == good.expected)
    }

    @Test(arguments: ["alert", "background", "voip", "complication", "fileprovider", "liveactivity", "location", "pushtotalk", "widgets", "controls"])
    func everyPushTypeHasItsTopic(_ type: String) throws {
        var client = APNsClient()
        var request = try APNsClient.request()
        request.set("apns-push-type", type)
        request.set("apns-priority", "5")
        request.set("apns-topic", "com.example.app" + (APNsVocabulary.suffixes[type] ?? "?"))
        #expect(client.reason(request) == "200 ")
    }

    /// A payload of exactly so many bytes.
    static func padded(_ bytes: Int) -> String {
        let frame = #"{"aps":{"alert":""}}"#
        return #"{"aps":{"alert":""# + String(repeating: "x", count: bytes - frame.utf8.count) + #""}}"#
    }
}
