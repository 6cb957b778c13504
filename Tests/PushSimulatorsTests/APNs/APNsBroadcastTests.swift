import Foundation
import Testing

@testable import PushSimulators

struct APNsBroadcastTests {
    private static let token = try? APNsClient.token()

    private func request(_ method: String, _ path: String, _ headers: [String: String] = [:], _ body: String = "") throws -> SimulatorRequest {
        let token = try #require(Self.token)
        return SimulatorRequest(
            method: method, path: path, headers: [("authorization", "bearer \(token)")] + headers.map { ($0, $1) }, body: Array(body.utf8))
    }

    private func create(_ client: inout APNsClient, policy: Int) throws -> String {
        let body = #"{"message-storage-policy":\#(policy),"push-type":"LiveActivity"}"#
        let reply = client.send(try request("POST", "/1/apps/com.example.app/channels", [:], body)).reply
        #expect(reply.status == 201)
        return reply.header("apns-channel-id") ?? ""
    }

    private func broadcast(_ channel: String, _ bend: (inout SimulatorRequest) -> Void = { _ in }) throws -> SimulatorRequest {
        var request = try request(
            "POST", "/4/broadcasts/apps/com.example.app",
            ["apns-channel-id": channel, "apns-push-type": "liveactivity", "apns-priority": "5", "apns-expiration": "0"],
            #"{"aps":{"event":"update","timestamp":1,"content-state":{}}}"#)
        bend(&request)
        return request
    }

    @Test func aChannelIsMadeReadListedAndRemoved() throws {
        var client = APNsClient()
        let id = try create(&client, policy: 1)
        let read = client.send(try request("GET", "/1/apps/com.example.app/channels", ["apns-channel-id": id])).reply
        #expect(read.text == #"{"message-storage-policy":1,"push-type":"LiveActivity"}"#)
        let list = client.send(try request("GET", "/1/apps/com.example.app/all-channels")).reply
        #expect(list.json["channels"]?.array == [.string(id)])
        #expect(client.send(try request("DELETE", "/1/apps/com.example.app/channels", ["apns-channel-id": id])).reply.status == 204)
        let gone = try request("GET", "/1/apps/com.example.app/channels", ["apns-channel-id": id])
        #expect(client.reason(gone) == "400 ChannelNotRegistered")
    }

    @Test func aBroadcastIsAcceptedAndItsIDEchoed() throws {
        var client = APNsClient()
        let id = try create(&client, policy: 0)
        let verdict = client.send(try broadcast(id) { $0.set("apns-request-id", "123e4567-e89b-12d3-a456-426614174000") })
        #expect(verdict.reply.status == 200)
        #expect(verdict.reply.header("apns-request-id") == "123e4567-e89b-12d3-a456-426614174000")
        #expect(verdict.targets == [id])
    }

    static let bents: [Bent<APNsClient>] = [
        Bent("no authorization", "403 MissingProviderToken") { $0.set("authorization", nil) },
        Bent("an id that is no UUID", "400 BadMessageId") { $0.set("apns-request-id", "1") },
        Bent("a suffix", "400 TopicDisallowed") { $0.path += ".push-type.liveactivity" },
        Bent("another app", "403 TopicMismatch") { $0.path = "/4/broadcasts/apps/com.example.other" },
        Bent("another path", "404 BadPath") { $0.path = "/4/broadcast/apps/com.example.app" },
        Bent("GET", "405 MethodNotAllowed") { $0.method = "GET" },
        Bent("no channel", "400 MissingChannelId") { $0.set("apns-channel-id", nil) },
        Bent("a channel that can't be", "400 BadChannelId") { $0.set("apns-channel-id", "?") },
        Bent("an unknown channel", "400 ChannelNotRegistered") { $0.set("apns-channel-id", "AAAA") },
        Bent("no push type", "400 MissingPushType") { $0.set("apns-push-type", nil) },
        Bent("another push type", "400 InvalidPushType") { $0.set("apns-push-type", "alert") },
        Bent("no priority", "400 BadPriority") { $0.set("apns-priority", nil) },
        Bent("no expiration", "400 BadExpirationDate") { $0.set("apns-expiration", nil) },
        Bent("an expiration where nothing is stored", "400 BadExpirationDate") { $0.set("apns-expiration", "1800000100") },
        Bent("nothing", "400 PayloadEmpty") { $0.body = [] },
        Bent("a start", "400 BadRequestPayload") { $0.bodyText = #"{"aps":{"event":"start"}}"# },
        Bent("5121 bytes", "413 PayloadTooLarge") { $0.bodyText = APNsRequestTests.padded(5121) },
    ]

    @Test(arguments: bents)
    func aViolationGetsApplesAnswer(_ bent: Bent<APNsClient>) throws {
        var client = APNsClient()
        let id = try create(&client, policy: 0)
        #expect(client.reason(try broadcast(id, bent.bend)) == bent.expected)
    }

    @Test func aStoredMessageMayExpireLater() throws {
        var client = APNsClient()
        let id = try create(&client, policy: 1)
        #expect(client.reason(try broadcast(id) { $0.set("apns-expiration", "1800000100") }) == "200 ")
    }

    @Test(arguments: [
        ("", "400 PayloadEmpty"), ("{}", "400 BadRequestPayload"), (#"{"message-storage-policy":2,"push-type":"LiveActivity"}"#, "400 BadRequestPayload"),
        (#"{"message-storage-policy":1}"#, "400 MissingPushType"), (#"{"message-storage-policy":1,"push-type":"liveactivity"}"#, "400 InvalidPushType"),
    ])
    func aBadChannelIsNotMade(_ body: String, _ expected: String) throws {
        var client = APNsClient()
        #expect(client.reason(try request("POST", "/1/apps/com.example.app/channels", [:], body)) == expected)
    }
}
