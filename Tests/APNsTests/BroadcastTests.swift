import APNs
import Foundation
import Testing

@Suite struct BroadcastTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let token = APNsProviderToken(value: "t", issuedAt: Date(timeIntervalSince1970: 0))
    private let update = Array(#"{"aps":{"event":"update","timestamp":1,"content-state":{}}}"#.utf8)

    private func headers(_ request: APNsRequest) -> [String: String] {
        Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
    }

    @Test func channelsAreManaged() throws {
        let app = try APNsBundleID("com.example.app"), channel = try APNsChannelID("dHN0LXNyY2gtY2hubA==")
        let create = APNsChannelRequest.create(.keepsNewest, for: app, providerToken: token, requestID: "r")
        #expect(create.method == "POST" && create.path == "/1/apps/com.example.app/channels")
        #expect(String(decoding: create.body, as: UTF8.self) == #"{"message-storage-policy":1,"push-type":"LiveActivity"}"#)
        #expect(headers(create) == ["authorization": "bearer t", "apns-request-id": "r", "content-type": "application/json"])

        let read = APNsChannelRequest.read(channel, of: app, providerToken: token)
        #expect(read.method == "GET" && read.path == "/1/apps/com.example.app/channels" && read.body.isEmpty)
        #expect(headers(read) == ["authorization": "bearer t", "apns-channel-id": "dHN0LXNyY2gtY2hubA=="])

        let delete = APNsChannelRequest.delete(channel, of: app, providerToken: token)
        #expect(delete.method == "DELETE" && delete.path == read.path && headers(delete) == headers(read))

        let list = APNsChannelRequest.list(of: app, providerToken: nil)
        #expect(list.method == "GET" && list.path == "/1/apps/com.example.app/all-channels" && list.headers.isEmpty)
    }

    @Test func answersAreRead() {
        #expect(APNsChannelReply.policy(Array(#"{"message-storage-policy":0,"push-type":"LiveActivity"}"#.utf8)) == .keepsNothing)
        #expect(APNsChannelReply.policy(Array(#"{"message-storage-policy":7}"#.utf8)) == nil)
        #expect(APNsChannelReply.channels(Array(#"{"channels":["YQ==","Yg=="]}"#.utf8))?.map(\.text) == ["YQ==", "Yg=="])
        #expect(APNsChannelReply.channels(Array("{}".utf8)) == nil)
    }

    @Test func aBroadcastHasItsHeadersAndNoTopic() throws {
        let broadcast = try APNsBroadcast(payload: update, priority: .considerate, expiration: .at(now), policy: .keepsNewest)
        let request = broadcast.request(
            to: try APNsChannelID("YQ=="), of: try APNsBundleID("com.example.app"), providerToken: token, requestID: "r")
        #expect(request.method == "POST" && request.path == "/4/broadcasts/apps/com.example.app" && request.body == update)
        #expect(
            headers(request) == [
                "authorization": "bearer t", "apns-push-type": "liveactivity", "apns-channel-id": "YQ==", "apns-priority": "5",
                "apns-expiration": "1800000000", "apns-request-id": "r",
            ])
    }

    @Test func aChannelThatKeepsNothingTakesNoExpiration() throws {
        _ = try APNsBroadcast(payload: update, policy: .keepsNothing)
        let error = #expect(throws: APNsError.self) { try APNsBroadcast(payload: update, expiration: .at(now), policy: .keepsNothing) }
        #expect(error?.field == "apns-expiration")
    }

    @Test func whatNoBroadcastMayBeIsRefused() {
        let start = #"{"aps":{"event":"start","timestamp":1,"attributes-type":"T","attributes":{},"content-state":{},"alert":{"body":"b"}}}"#
        let long = #"{"aps":{"event":"update","timestamp":1},"x":""# + String(repeating: "x", count: 5120) + "\"}"
        for (payload, field) in [(start, "aps.event"), (#"{"aps":{"alert":"x"}}"#, "aps.timestamp"), (long, nil)] {
            let error = #expect(throws: APNsError.self) { try APNsBroadcast(payload: Array(payload.utf8), policy: .keepsNewest) }
            #expect(error?.field == field)
        }
        #expect(throws: APNsError.self) { try APNsBroadcast(payload: update, priority: .powerFirst, policy: .keepsNewest) }
    }

    @Test func aBroadcastMayBeLongerThanAPush() throws {
        let payload = #"{"aps":{"event":"end","timestamp":1},"x":""# + String(repeating: "x", count: 5000) + "\"}"
        _ = try APNsBroadcast(payload: Array(payload.utf8), policy: .keepsNewest)
    }

    @Test(arguments: ["", "a b", "a\r\n", "é"]) func aChannelIDIsBase64(_ text: String) {
        #expect(throws: APNsError.self) { try APNsChannelID(text) }
    }
}
